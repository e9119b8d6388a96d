#!/bin/sh
# Runs a plugin (the file in $1) with a Node.js that strips types itself: 22.18 or newer.
# Looked for in this order: $STRATA_NODE, node on PATH, what `strata setup` installed.
new_enough() {
  [ -x "$1" ] && "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number);
    process.exit(a > 22 || (a === 22 && b >= 18) ? 0 : 1)' 2>/dev/null
}
for node in "${STRATA_NODE:-}" "$(command -v node)" "${STRATA_CACHE:-$HOME/.cache/strata}"/node/*/bin/node; do
  if new_enough "$node"; then
    exec "$node" --disable-warning=ExperimentalWarning "$@"
  fi
done
echo "Strata's Pulumi plugins need Node.js 22.18 or newer, and there is none on PATH. Run ./strata setup, or set STRATA_NODE." >&2
exit 1
