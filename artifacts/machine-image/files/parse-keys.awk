# Prints what a NoCloud user-data (#cloud-config) holds under `key`: a block literal without its indentation, a plain
# value, or the items of a list, one a line.
function indent(line) { match(line, /^ */); return RLENGTH }
function plain(text) { gsub(/^[ "']+|[ "']+$/, "", text); return text }
state == "" && $1 == key ":" {
  keyIndent = indent($0)
  text = $0
  sub(/^[^:]*: */, "", text)
  if (text ~ /^\|[-+]? *$/) state = "literal"
  else if (text == "") state = "list"
  else { print plain(text); exit }
  next
}
state == "literal" {
  if ($0 ~ /^ *$/) { blank = blank "\n"; next }
  if (indent($0) <= keyIndent) exit
  if (margin == "") margin = indent($0)
  printf "%s%s\n", blank, substr($0, margin + 1)
  blank = ""
}
state == "list" {
  if ($0 ~ /^ *- /) { text = $0; sub(/^ *- /, "", text); print plain(text) }
  else if ($0 !~ /^ *$/) exit
}
