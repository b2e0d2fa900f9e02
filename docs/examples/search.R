# Rscript search.R http://127.0.0.1:8080/
address <- commandArgs(trailingOnly = TRUE)[1]

# Through the API, with rstac
library(rstac)
found <- stac(address) |>
  stac_search(bbox = c(-180, -90, 180, 90), limit = 5) |>
  post_request() |>
  items_fetch()
cat("items through the API:", items_length(found), "\n")

# The same collection as a table, without the API, with arrow
collection <- stac(address) |>
  collections(found$features[[1]]$collection) |>
  get_request()
table <- Filter(function(asset) grepl("[.]parquet$", asset$href), collection$assets)[[1]]
local <- tempfile(fileext = ".parquet")
download.file(table$href, local, mode = "wb", quiet = TRUE)
models <- arrow::read_parquet(local, col_select = c("id", "gsd"))
cat("items of", collection$id, "in its table:", nrow(models), "\n")
