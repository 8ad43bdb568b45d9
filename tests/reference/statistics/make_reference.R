# Writes reference.json: what R answers, for tests/reference/statistics/test_against_r.py.
#
#   Rscript make_reference.R
#
# Needs R 4.2 or later with tseries, urca, coin, exactRankTests, effectsize and jsonlite. The data are
# drawn with fixed seeds and rounded, and stand in the file beside the answers: pytest needs no R.

suppressMessages({
  library(tseries); library(urca); library(coin); library(exactRankTests); library(effectsize)
})
options(digits = 17)
RNGkind("Mersenne-Twister", "Inversion", "Rejection")

# ---- data ------------------------------------------------------------------------------------

data <- list()
set.seed(20261122)
data$three <- c(148, 154, 158)
data$four <- c(2.1, 3.4, 1.9, 5.6)
data$five <- c(0.6, 1.1, -0.4, 2.2, 0.9)
data$six <- c(1.83, 0.50, 1.62, 2.48, 1.68, 1.88)
for (n in c(7, 9, 10, 11, 12, 20, 49, 60)) {
  data[[paste0("normal", n)]] <- round(rnorm(n, 0.3, 1), 6)
}
data$other9 <- round(0.4 * data$normal9 + rnorm(9), 6)
data$other12 <- round(0.4 * data$normal12 + rnorm(12), 6)
data$other20 <- round(0.6 * data$normal20 + rnorm(20), 6)
data$other60 <- round(0.2 * data$normal60 + rnorm(60), 6)
data$shifted15 <- round(rnorm(15, 0.9, 1.3), 6)
data$skewed80 <- round(rexp(80) - 0.8, 6)
data$tied20 <- c(3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3, 8, 4)
data$tied14 <- c(2, 7, 1, 8, 2, 8, 1, 8, 2, 8, 4, 5, 9, 6)
data$zeros18 <- c(0, 0, 1, -2, 3, 3, -1, 4, 0, 2, 5, -3, 6, 2, -1, 1, 4, 2)
data$before12 <- c(12.1, 10.4, 9.8, 11.3, 13.0, 12.2, 10.9, 9.1, 11.8, 12.6, 10.2, 11.1)
data$after12 <- c(12.9, 10.2, 10.6, 12.6, 13.9, 12.1, 12.5, 9.8, 12.9, 12.3, 11.3, 12.8)
# Returns with clustered volatility and heavy tails, as daily returns have.
clustered <- function(n) {
  x <- numeric(n); variance <- 1e-4
  for (t in seq_len(n)) {
    x[t] <- sqrt(variance) * rt(1, 5) * sqrt(3 / 5) + 3e-4
    variance <- 2e-6 + 0.10 * x[t]^2 + 0.88 * variance
  }
  round(x, 8)
}
data$returns600 <- clustered(600)
data$prices601 <- round(100 * exp(cumsum(c(0, data$returns600))), 4)
data$memory300 <- round(as.numeric(arima.sim(list(ar = c(0.5, -0.3)), 300)), 6)
data$trend200 <- round(0.05 * (1:200) + as.numeric(arima.sim(list(ar = 0.6), 200)), 6)
data$walk120 <- round(cumsum(rnorm(120)), 6)
data$heavy5000 <- round(rt(5000, 6), 3)
data$normal1290 <- round(rnorm(1290), 4)
data$other1290 <- round(0.1 * data$normal1290 + rnorm(1290), 4)
stopifnot(!anyDuplicated(data$normal60), !anyDuplicated(data$other60))
d <- data

# ---- cases -----------------------------------------------------------------------------------

cases <- list()
object <- function(values) if (length(values)) as.list(values) else setNames(list(), character())
case <- function(test, samples, call, expect, options = NULL, alternative = NULL) {
  # Named vectors become JSON objects only as lists.
  cases[[length(cases) + 1]] <<- list(
    test = test, samples = I(samples), options = object(options), alternative = alternative,
    call = call, expect = lapply(as.list(expect), unname)
  )
}
sides <- c("two-sided" = "two.sided", "less" = "less", "greater" = "greater")
above <- function(statistic, df) pchisq(statistic, df, lower.tail = FALSE)

for (name in c("three", "four", "five", "six", "normal7", "normal9", "normal11", "normal12", "normal20", "normal49",
               "tied20", "skewed80", "returns600", "heavy5000")) {
  r <- shapiro.test(d[[name]])
  case("shapiro-wilk", name, sprintf("shapiro.test(%s)", name), list(statistic = r$statistic, p_value = r$p.value))
}

for (name in c("normal20", "tied20", "skewed80", "returns600", "heavy5000")) {
  r <- jarque.bera.test(d[[name]])
  # R computes 1 - pchisq(), which loses the digits of a small p; the upper tail is the same number.
  case("jarque-bera", name, sprintf("tseries::jarque.bera.test(%s); p by pchisq(lower.tail = FALSE)", name),
       list(statistic = r$statistic, df = r$parameter, p_value = above(r$statistic, 2)))
}

walsh <- function(x) { s <- outer(x, x, "+") / 2; median(s[lower.tri(s, diag = TRUE)]) }

one_sample <- function(name, mu = 0, options = list(), exact = NULL, correct = TRUE, interval = TRUE) {
  x <- d[[name]]
  for (side in names(sides)) {
    r <- suppressWarnings(wilcox.test(x, mu = mu, alternative = sides[[side]], exact = exact, correct = correct))
    expect <- list(statistic = r$statistic, p_value = r$p.value)
    if (side == "two-sided") {
      e <- rank_biserial(x, mu = mu)
      expect <- c(expect, list(effect.value = e$r_rank_biserial, effect.ci_low = e$CI_low, effect.ci_high = e$CI_high,
                               estimate.hodges_lehmann = walsh(x)))
      if (interval) {
        i <- suppressWarnings(wilcox.test(x, mu = mu, exact = exact, correct = correct, conf.int = TRUE, tol.root = 1e-13))
        expect <- c(expect, list(estimate.hodges_lehmann_ci_low = i$conf.int[1],
                                 estimate.hodges_lehmann_ci_high = i$conf.int[2],
                                 estimate.hodges_lehmann_level = attr(i$conf.int, "conf.level")))
      }
    }
    case("wilcoxon", name, sprintf("wilcox.test(%s, mu = %g, alternative = '%s', exact = %s, correct = %s); effectsize::rank_biserial",
         name, mu, sides[[side]], if (is.null(exact)) "NULL" else exact, correct),
         expect, c(list(mu = mu), options), side)
  }
}
one_sample("normal7")
one_sample("normal20", mu = 0.25)
one_sample("normal49")
one_sample("normal60")
one_sample("normal60", options = list(method = "exact"), exact = TRUE)
one_sample("normal20", options = list(method = "asymptotic"), exact = FALSE)
one_sample("normal20", options = list(method = "asymptotic", correction = FALSE), exact = FALSE, correct = FALSE)
one_sample("skewed80", mu = 0.1)
one_sample("returns600")
one_sample("tied20", mu = 4.5)
# With zeros R drops them from its interval as well; ours keeps every value.
one_sample("zeros18", interval = FALSE)
one_sample("zeros18", options = list(correction = FALSE), correct = FALSE, interval = FALSE)
# Five values cannot give 95 %: the level that they do give is stated.
i <- suppressWarnings(wilcox.test(d$five, conf.int = TRUE))
case("wilcoxon", "five", "wilcox.test(five, conf.int = TRUE)",
     list(statistic = i$statistic, p_value = i$p.value, estimate.hodges_lehmann = i$estimate,
          estimate.hodges_lehmann_ci_low = i$conf.int[1], estimate.hodges_lehmann_ci_high = i$conf.int[2],
          estimate.hodges_lehmann_level = attr(i$conf.int, "conf.level")))
for (name in c("zeros18", "tied20")) for (side in names(sides)) {
  r <- wilcox.exact(d[[name]], mu = if (name == "tied20") 4.5 else 0, alternative = sides[[side]], exact = TRUE)
  case("wilcoxon", name, sprintf("exactRankTests::wilcox.exact(%s, alternative = '%s', exact = TRUE)", name, sides[[side]]),
       list(statistic = r$statistic, p_value = r$p.value),
       list(method = "exact", mu = if (name == "tied20") 4.5 else 0), side)
}
for (side in names(sides)) {
  zero <- rep(0, length(d$zeros18))
  r <- wilcoxsign_test(d$zeros18 ~ zero, zero.method = "Pratt", alternative = sides[[side]])
  case("wilcoxon", "zeros18", sprintf("coin::wilcoxsign_test(zeros18 ~ 0, zero.method = 'Pratt', alternative = '%s')", sides[[side]]),
       list(p_value = as.numeric(pvalue(r))), list(zeros = "pratt", method = "asymptotic", correction = FALSE), side)
  r <- wilcoxsign_test(d$zeros18 ~ zero, zero.method = "Pratt", alternative = sides[[side]], distribution = "exact")
  case("wilcoxon", "zeros18", sprintf("coin::wilcoxsign_test(zeros18 ~ 0, zero.method = 'Pratt', distribution = 'exact', alternative = '%s')", sides[[side]]),
       list(p_value = as.numeric(pvalue(r))), list(zeros = "pratt", method = "exact"), side)
  r <- suppressWarnings(wilcox.test(d$before12, d$after12, paired = TRUE, alternative = sides[[side]]))
  e <- rank_biserial(d$before12, d$after12, paired = TRUE)
  case("wilcoxon", c("before12", "after12"), sprintf("wilcox.test(before12, after12, paired = TRUE, alternative = '%s')", sides[[side]]),
       list(statistic = r$statistic, p_value = r$p.value, effect.value = e$r_rank_biserial, effect.ci_low = e$CI_low,
            effect.ci_high = e$CI_high, estimate.hodges_lehmann = walsh(d$before12 - d$after12)), list(), side)
}

two_samples <- function(a, b, mu = 0, options = list(), exact = NULL, correct = TRUE) {
  x <- d[[a]]; y <- d[[b]]
  for (side in names(sides)) {
    r <- suppressWarnings(wilcox.test(x, y, mu = mu, alternative = sides[[side]], exact = exact, correct = correct))
    expect <- list(statistic = r$statistic, p_value = r$p.value)
    if (side == "two-sided") {
      e <- rank_biserial(x, y, mu = mu)
      i <- suppressWarnings(wilcox.test(x, y, mu = mu, exact = exact, correct = correct, conf.int = TRUE, tol.root = 1e-13))
      expect <- c(expect, list(effect.value = e$r_rank_biserial, effect.ci_low = e$CI_low, effect.ci_high = e$CI_high,
                               estimate.hodges_lehmann = median(outer(x, y, "-")),
                               estimate.hodges_lehmann_ci_low = i$conf.int[1], estimate.hodges_lehmann_ci_high = i$conf.int[2]))
    }
    case("mann-whitney", c(a, b), sprintf("wilcox.test(%s, %s, mu = %g, alternative = '%s', exact = %s, correct = %s); effectsize::rank_biserial",
         a, b, mu, sides[[side]], if (is.null(exact)) "NULL" else exact, correct),
         expect, c(list(mu = mu), options), side)
  }
}
two_samples("normal20", "shifted15")
two_samples("shifted15", "normal20", mu = 0.4)
two_samples("normal7", "normal49")
two_samples("normal60", "other60")
two_samples("normal20", "shifted15", options = list(method = "asymptotic"), exact = FALSE)
two_samples("normal20", "shifted15", options = list(method = "asymptotic", correction = FALSE), exact = FALSE, correct = FALSE)
two_samples("tied20", "tied14")
two_samples("tied20", "tied14", options = list(correction = FALSE), correct = FALSE)
two_samples("skewed80", "returns600")
for (side in names(sides)) for (pair in list(c("tied20", "tied14"), c("zeros18", "tied14"))) {
  x <- d[[pair[1]]]; y <- d[[pair[2]]]
  r <- wilcox.exact(x, y, alternative = sides[[side]], exact = TRUE)
  case("mann-whitney", pair, sprintf("exactRankTests::wilcox.exact(%s, %s, alternative = '%s', exact = TRUE)", pair[1], pair[2], sides[[side]]),
       list(statistic = r$statistic, p_value = r$p.value), list(method = "exact"), side)
  group <- factor(rep(c("a", "b"), c(length(x), length(y))))
  k <- wilcox_test(c(x, y) ~ group, alternative = sides[[side]], distribution = "exact")
  case("mann-whitney", pair, sprintf("coin::wilcox_test(%s, %s, distribution = 'exact', alternative = '%s')", pair[1], pair[2], sides[[side]]),
       list(p_value = as.numeric(pvalue(k))), list(method = "exact"), side)
}

rank_correlation <- function(a, b, options = list(), exact = NULL) {
  x <- d[[a]]; y <- d[[b]]; n <- length(x)
  for (side in names(sides)) {
    r <- suppressWarnings(cor.test(x, y, method = "spearman", alternative = sides[[side]], exact = exact))
    rho <- unname(r$estimate)
    half <- qnorm(0.975) * sqrt((1 + rho^2 / 2) / (n - 3))
    case("spearman", c(a, b), sprintf("cor.test(%s, %s, method = 'spearman', alternative = '%s', exact = %s); interval: tanh(atanh(rho) +- qnorm(0.975) * sqrt((1 + rho^2 / 2) / (n - 3)))",
         a, b, sides[[side]], if (is.null(exact)) "NULL" else exact),
         list(statistic = r$statistic, p_value = r$p.value, estimate.rho = rho, effect.value = rho,
              effect.ci_low = tanh(atanh(rho) - half), effect.ci_high = tanh(atanh(rho) + half)), options, side)
  }
}
rank_correlation("normal9", "other9")
rank_correlation("normal12", "other12")
rank_correlation("normal20", "other20")
rank_correlation("normal60", "other60")
rank_correlation("normal20", "other20", list(method = "asymptotic"), exact = FALSE)
rank_correlation("tied20", "normal20")
rank_correlation("normal1290", "other1290")
rank_correlation("before12", "after12")

types <- c(n = "none", c = "drift", ct = "trend")
for (name in c("prices601", "returns600", "trend200", "walk120")) for (regression in names(types)) for (lags in c(0, 1, 4, 12)) {
  r <- ur.df(d[[name]], type = types[[regression]], lags = lags)
  case("adf", name, sprintf("urca::ur.df(%s, type = '%s', lags = %d)", name, types[[regression]], lags),
       list(statistic = r@teststat[1, 1], estimate.root = 1 + coef(r@testreg)["z.lag.1", 1],
            estimate.n_used = length(r@res), estimate.lags = lags),
       list(lags = lags, lag_selection = "fixed", regression = regression))
}
for (name in c("prices601", "trend200", "walk120")) {
  r <- suppressWarnings(adf.test(d[[name]]))
  case("adf", name, sprintf("tseries::adf.test(%s)", name), list(statistic = r$statistic, estimate.lags = r$parameter),
       list(lag_selection = "fixed", regression = "ct"))
}
# The selection of statsmodels (one sample for all candidates, then all rows), by lm() alone.
select_lags <- function(x, most, trend, price) {
  z <- embed(diff(x), most + 1)
  base <- cbind(1, x[(most + 1):(length(x) - 1)])
  if (trend) base <- cbind(base, seq_len(nrow(z)))
  score <- sapply(0:most, function(k) {
    regressors <- if (k > 0) cbind(base, z[, 2:(k + 1)]) else base
    nrow(z) * log(sum(lm.fit(regressors, z[, 1])$residuals^2)) + price(nrow(z)) * ncol(regressors)
  })
  which.min(score) - 1
}
for (name in c("prices601", "memory300", "trend200")) for (how in c("aic", "bic")) {
  price <- if (how == "aic") function(n) 2 else function(n) log(n)
  lags <- select_lags(d[[name]], 15, TRUE, price)
  r <- ur.df(d[[name]], type = "trend", lags = lags)
  case("adf", name, sprintf("urca::ur.df(%s, type = 'trend', lags = the best by %s of lm.fit over 0:15 on one sample)", name, how),
       list(statistic = r@teststat[1, 1], estimate.lags = lags), list(lags = 15, lag_selection = how, regression = "ct"))
}

kinds <- c(c = "mu", ct = "tau")
for (name in c("prices601", "returns600", "trend200", "walk120")) for (regression in names(kinds)) {
  for (lags in c(0, 3, 20)) {
    r <- ur.kpss(d[[name]], type = kinds[[regression]], use.lag = lags)
    case("kpss", name, sprintf("urca::ur.kpss(%s, type = '%s', use.lag = %d)", name, kinds[[regression]], lags),
         list(statistic = r@teststat, "critical_values.5%" = r@cval[1, 2]), list(lags = lags, regression = regression))
  }
  null <- if (regression == "c") "Level" else "Trend"
  for (short in c(TRUE, FALSE)) {
    r <- suppressWarnings(kpss.test(d[[name]], null = null, lshort = short))
    case("kpss", name, sprintf("tseries::kpss.test(%s, null = '%s', lshort = %s)", name, null, short),
         list(statistic = r$statistic, p_value = r$p.value, estimate.lags = r$parameter),
         list(lags = if (short) "short" else "long", regression = regression))
  }
}

for (name in c("returns600", "memory300", "walk120", "tied20")) for (lags in c(1, 5, 10)) for (fitted in c(0, 2)) {
  if (fitted >= lags) next
  r <- Box.test(d[[name]], lag = lags, type = "Ljung-Box", fitdf = fitted)
  case("ljung-box", name, sprintf("Box.test(%s, lag = %d, type = 'Ljung-Box', fitdf = %d); p by pchisq(lower.tail = FALSE)", name, lags, fitted),
       list(statistic = r$statistic, df = r$parameter, p_value = above(r$statistic, lags - fitted)),
       list(lags = lags, fitted_parameters = fitted))
}
r <- Box.test(d$returns600, lag = 100, type = "Ljung-Box")
case("ljung-box", "returns600", "Box.test(returns600, lag = 100, type = 'Ljung-Box'); p by pchisq(lower.tail = FALSE)",
     list(statistic = r$statistic, df = r$parameter, p_value = above(r$statistic, 100)), list(lags = 100))

# The body of FinTS::ArchTest, which Debian does not carry.
arch_test <- function(x, lags, demean) {
  if (demean) x <- x - mean(x)
  squares <- embed(x^2, lags + 1)
  fit <- lm(squares[, 1] ~ squares[, -1])
  statistic <- summary(fit)$r.squared * length(resid(fit))
  list(statistic = statistic, p_value = above(statistic, lags), df = lags, effect.value = summary(fit)$r.squared)
}
for (name in c("returns600", "memory300", "skewed80")) for (lags in c(1, 5, 12)) for (demean in c(TRUE, FALSE)) {
  case("arch-lm", name, sprintf("FinTS::ArchTest(%s, lags = %d, demean = %s), by lm()", name, lags, demean),
       arch_test(d[[name]], lags, demean), list(lags = lags, demean = demean))
}

# ---- out -------------------------------------------------------------------------------------

packages <- c("tseries", "urca", "coin", "exactRankTests", "effectsize", "jsonlite")
out <- list(
  made_by = "Rscript tests/reference/statistics/make_reference.R",
  r = R.version.string,
  packages = setNames(lapply(packages, function(p) as.character(packageVersion(p))), packages),
  data = data, cases = cases
)
# jsonlite stops at 15 significant digits; 17 give the very same double back. So numbers are written
# here, as marked text whose quotes are taken away afterwards.
digits <- function(x) {
  if (!is.numeric(x)) return(x)
  short <- sprintf("%.15g", x)
  written <- ifelse(as.numeric(short) == x, short, sprintf("%.17g", x))
  stopifnot(is.finite(x))
  structure(paste0("@", written, "@"), class = class(x)[class(x) == "AsIs"])
}
text <- jsonlite::toJSON(rapply(out, digits, how = "replace"), auto_unbox = TRUE, null = "null")
text <- gsub('"@|@"', "", text)
text <- gsub('\\{"test"', '\n{"test"', text)
text <- gsub('\\],"([a-z]+[0-9]*)":\\[', '],\n"\\1":[', text)
writeLines(text, "reference.json")
cat(length(cases), "cases\n")
