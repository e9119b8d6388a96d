#!/bin/sh
# Runs a plugin (the file in $1) with a Node.js that strips types itself: 22.18 or newer.
# Looked for in this order: $STRATA_NODE, node on PATH, what `strata setup` installed.
# Asked for its version only, a Node.js answers in 5 ms; one that runs a script takes ten times as long to start.
new_enough() {
  case $("$1" --version 2>/dev/null) in
    v22.1[89].* | v22.[2-9][0-9].* | v2[3-9].* | v[3-9][0-9].*) return 0 ;;
    *) return 1 ;;
  esac
}
for node in "${STRATA_NODE:-}" "$(command -v node)" "${STRATA_CACHE:-$HOME/.cache/strata}"/node/*/bin/node; do
  if new_enough "$node"; then
    # See exitWithParent.ts.
    export STRATA_PLUGIN_PARENT="$PPID"
    exec "$node" --disable-warning=ExperimentalWarning "$@"
  fi
done
echo "Strata's Pulumi plugins need Node.js 22.18 or newer, and there is none on PATH. Run ./strata setup, or set STRATA_NODE." >&2
exit 1
