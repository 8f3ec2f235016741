"""Orders of images as training.fusion.trainer.sample.Shuffle must give them, computed independently.

python order.py > order.json
"""
import json

MASK = (1 << 64) - 1
GAMMA = 0x9E3779B97F4A7C15


def mix(value):
    z = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def permutation(count, seed, stream):
    state = (seed + mix((stream + GAMMA) & MASK)) & MASK
    numbers = list(range(count))
    for i in range(count - 1, 0, -1):
        state = (state + GAMMA) & MASK
        other = mix(state) % (i + 1)
        numbers[i], numbers[other] = numbers[other], numbers[i]
    return numbers


cases = [(10, 0, 0), (10, 0, 1), (10, 1, 0), (4000, 1, 0), (4000, 9007199254740991, 99999)]
print(json.dumps([
    {"count": count, "seed": seed, "stream": stream,
     "first": permutation(count, seed, stream)[:10], "last": permutation(count, seed, stream)[-1]}
    for count, seed, stream in cases], indent=1))
