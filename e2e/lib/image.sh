# Container images as docker-archives, which need only tar and sha256sum.

# pack NAME DIR [ENTRYPOINT-JSON]: a folder as an image of one layer, on standard output; the same folder, the same bytes
pack() {
  local folder digest tar
  tar=(tar --sort=name --mtime=@0 --numeric-owner --pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime)
  folder=$(mktemp -d -p "${TMPDIR:-/tmp}")
  "${tar[@]}" -C "$2" -cf "$folder/layer.tar" .
  digest=$(sha256sum <"$folder/layer.tar" | cut -c1-64)
  cat >"$folder/config.json" <<J
{"architecture": "$(uname -m | sed 's/x86_64/amd64/; s/aarch64/arm64/')", "os": "linux",
 "config": {"Entrypoint": ${3:-null}, "Env": ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"]},
 "rootfs": {"type": "layers", "diff_ids": ["sha256:$digest"]}}
J
  echo '[{"Config": "config.json", "RepoTags": ["'"$1"'"], "Layers": ["layer.tar"]}]' >"$folder/manifest.json"
  "${tar[@]}" --owner=0 --group=0 -C "$folder" -cf - manifest.json config.json layer.tar
  rm -rf "$folder"
}
