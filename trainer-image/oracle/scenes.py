"""Pictures out of a random.Random: [height, width, channels] of bytes."""
import numpy as np


def extent(random):
    """Mostly small, often odd; now and then a line."""
    return random.choice([1, 2, 3, random.randint(4, 9)]) if random.random() < 0.15 else random.randint(8, 45)


def scene(random, width, height, channels, most=255):
    """Waves, an edge, and in every fourth picture noise; up to `most`."""
    y, x = np.mgrid[0:height, 0:width]
    planes = []
    for _ in range(channels):
        a, b, c, d = (random.uniform(0.05, 0.7) for _ in range(4))
        plane = 0.5 + 0.3 * np.sin(a * x + 9 * c) + 0.3 * np.cos(b * y + 9 * d)
        plane[:, random.randint(0, width - 1):] *= random.uniform(0.2, 1.2)
        planes.append(plane)
    picture = np.stack(planes, -1)
    if random.random() < 0.25:
        picture += np.random.RandomState(random.getrandbits(32)).normal(0, 0.15, picture.shape)
    return np.clip(picture * most, 0, most).astype(np.uint16 if most > 255 else np.uint8)
