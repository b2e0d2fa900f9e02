# Rscript search_httr2.R http://127.0.0.1:8080/
library(httr2)
address <- commandArgs(trailingOnly = TRUE)[1]

# Every page of a search: each but the last leads to the next
found <- list()
asked <- request(address) |>
  req_url_path_append("search") |>
  req_url_query(filter = "gsd < 3", limit = 10)
repeat {
  page <- asked |> req_perform() |> resp_body_json()
  found <- c(found, page$features)
  following <- Filter(function(link) link$rel == "next", page$links)
  if (length(following) == 0) break
  asked <- request(following[[1]]$href)
}
cat("items on all pages:", length(found), "\n")

# Models as a table with footprints, by POST
models <- request(address) |>
  req_url_path_append("search") |>
  req_body_json(list(bbox = c(-180, -90, 180, 90), limit = 1000)) |>
  req_perform() |>
  resp_body_string() |>
  sf::read_sf()
cat("footprints:", nrow(models), "named", paste(sort(models$title), collapse = ", "), "\n")
