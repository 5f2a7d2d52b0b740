/** How good a forecast with bounds is: of each hour the quantiles that were told before, and what came. */

export interface ForecastHour {
  actual: number;
  /** By the order of QUANTILES. */
  told: readonly number[];
}

export const QUANTILES = [0.5, 0.8, 0.9, 0.95] as const;

export interface ForecastScore {
  hours: number;
  /** Mean pinball loss of each quantile as a share of the mean load (Koenker and Bassett 1978). */
  pinball: readonly number[];
  /** Share of the hours that stayed at or under each quantile. */
  coverage: readonly number[];
}

export function forecastScore(hours: readonly ForecastHour[]): ForecastScore {
  const mean = average(hours.map(({ actual }) => actual));
  return {
    hours: hours.length,
    pinball: QUANTILES.map((q, index) => average(hours.map((hour) => loss(q, hour, index))) / mean),
    coverage: QUANTILES.map((_, index) => average(hours.map(({ actual, told }) => (actual <= told[index]! ? 1 : 0)))),
  };
}

function loss(q: number, { actual, told }: ForecastHour, index: number): number {
  const above = actual - told[index]!;
  return above > 0 ? q * above : (q - 1) * above;
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
