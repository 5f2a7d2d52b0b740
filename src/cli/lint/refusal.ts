/** What is refused, in the API server's own words. */
export interface Refusal {
  /** Path from the root of the object: `spec.events[0].start`. */
  field: string;
  message: string;
}
