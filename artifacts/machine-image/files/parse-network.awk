# Reads a NoCloud network-config (version 2, one device), in block or flow style, and prints shell assignments:
# mac, addresses (space separated, with prefix length) and gateway (may be empty).
function value(text) {
  gsub(/[]["'{},]/, " ", text)
  gsub(/^ +| +$/, "", text)
  return text
}
/macaddress:/ { text = $0; sub(/.*macaddress:/, "", text); sub(/[,}].*/, "", text); mac = tolower(value(text)) }
/gateway4:/ { text = $0; sub(/.*gateway4:/, "", text); sub(/[,}].*/, "", text); gateway = value(text) }
/addresses:/ {
  text = $0
  sub(/.*addresses:/, "", text)
  sub(/\].*/, "", text)
  addresses = value(text)
  inList = 1
  next
}
inList && /^ *- / { text = $0; sub(/^ *- */, "", text); addresses = addresses " " value(text); next }
{ inList = 0 }
END {
  gsub(/[^0-9a-f:]/, "", mac)
  gsub(/[^0-9a-fA-F:.\/ ]/, "", addresses)
  gsub(/[^0-9a-fA-F:.]/, "", gateway)
  gsub(/^ +| +$/, "", addresses)
  printf "mac='%s' addresses='%s' gateway='%s'\n", mac, addresses, gateway
}
