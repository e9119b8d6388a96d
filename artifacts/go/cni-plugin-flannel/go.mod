// The modules to build are pinned in VERSION.mod beside this file, which marks the folder as theirs.
module strata/cni-plugin-flannel
