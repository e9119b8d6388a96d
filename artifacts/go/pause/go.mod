module strata/pause

go 1.21
