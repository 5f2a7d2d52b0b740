const PANELS = 200;
const ROUNDS = 20;

/**
 * The quantile `q` (between 0 and 1) of Student's t distribution with `degrees` of freedom, 1 or more, to six digits.
 *
 * With t = sqrt(v) tan(a) the probability of |T| < t is the integral of cos(x)^(v-1) up to a, as a share of that up
 * to a right angle. It is summed by Simpson's rule and inverted by Newton's, which comes from below: the integrand
 * falls.
 */
export function studentQuantile(q: number, degrees: number): number {
  if (q < 0.5) return -studentQuantile(1 - q, degrees);
  const power = degrees - 1;
  const wanted = (2 * q - 1) * integral(Math.PI / 2, power);
  let angle = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const step = (wanted - integral(angle, power)) / Math.cos(angle) ** power;
    angle += step;
    if (Math.abs(step) < 1e-12) break;
  }
  return Math.sqrt(degrees) * Math.tan(angle);
}

/** The integral of cos(x)^power from 0 to `to`. */
function integral(to: number, power: number): number {
  const width = to / PANELS;
  let sum = 1 + Math.max(0, Math.cos(to)) ** power;
  for (let panel = 1; panel < PANELS; panel += 1) sum += (panel % 2 === 1 ? 4 : 2) * Math.cos(panel * width) ** power;
  return (sum * width) / 3;
}
