/** Returns whether a text has the form of a user pool id. The pattern is that of aws-jwt-verify, which this does not load. */
export function isUserPoolId(value: unknown): value is string {
  return (
    typeof value === "string" &&
    /^(?:eusc-)?[a-z]{2}-(?:gov-)?[a-z]+-\d_[a-zA-Z0-9]+$/.test(value)
  );
}
