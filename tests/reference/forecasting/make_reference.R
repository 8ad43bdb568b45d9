# Makes reference.json with R's forecast package: Rscript make_reference.R > reference.json
# Numbers are written with 17 significant digits. Data are R's own: AirPassengers, Nile, and
# simulated forecast errors with a fixed seed.
suppressMessages(suppressWarnings(library(forecast)))
num <- function(x) paste0("[", paste(formatC(as.numeric(x), digits = 17, format = "g"), collapse = ","), "]")
entry <- function(name, ...) paste0('"', name, '":{', paste(..., sep = ","), "}")
key <- function(name, value) paste0('"', name, '":', value)

point <- function(name, y, f) entry(name, key("mean", num(f$mean)))

auto <- function(name, y) {
  f <- forecast(ets(y, additive.only = TRUE), h = 12, level = 80)
  entry(name, key("aicc", num(f$model$aicc)), key("mean", num(f$mean)),
        key("low80", num(f$lower)), key("high80", num(f$upper)))
}

air <- AirPassengers
nile <- Nile

dm <- function(name, e1, e2, h, power, alternative, estimator = "acf") {
  t <- suppressWarnings(dm.test(e1, e2, alternative = alternative, h = h, power = power, varestimator = estimator))
  entry(name, key("horizon", h), key("power", power), key("alternative", paste0('"', alternative, '"')),
        key("statistic", num(t$statistic)), key("p_value", num(t$p.value)))
}
set.seed(20261122)
e1 <- as.numeric(arima.sim(list(ma = c(0.6, 0.3)), 120))
e2 <- 1.15 * as.numeric(arima.sim(list(ma = c(0.5, 0.4)), 120))
# Alternating losses make the rectangular long-run variance negative.
a1 <- sqrt(rep(c(1.5, 0.5), 20) + seq(0, 0.3, length.out = 40))
a2 <- rep(1, 40)
tests <- c()
for (h in c(1, 3, 8)) for (p in c(1, 2)) for (alt in c("two.sided", "less", "greater"))
  tests <- c(tests, dm(paste("dm", h, p, alt), e1, e2, h, p, alt))

cat("{", paste(c(
  key("versions", paste0('"', R.version.string, "; forecast ", packageVersion("forecast"), '"')),
  key("air", num(air)), key("nile", num(nile)),
  point("naive", nile, naive(nile, h = 5)),
  point("drift", nile, rwf(nile, h = 5, drift = TRUE)),
  point("seasonal-naive", air, snaive(air, h = 18)),
  point("theta nile", nile, thetaf(nile, h = 12)),
  auto("auto nile", nile), auto("auto air", log(air)),
  key("e1", num(e1)), key("e2", num(e2)), key("a1", num(a1)), key("a2", num(a2)),
  dm("dm bartlett", a1, a2, 2, 2, "two.sided", "bartlett"),
  tests), collapse = ",\n"), "}\n")
