/** A regular expression with each of its counted quantifiers one wider at either end. */
export function looserRegExps(literal: string): string[] {
  return [...literal.matchAll(/\{(\d+)(?:(,)(\d*))?\}/g)].flatMap(
    ({ 0: quantifier, 1: low = "", 2: comma, 3: high = "", index }) => {
      const most = comma === undefined ? low : high;
      const wider = [
        ...(Number(low) > 0 ? [`{${Number(low) - 1},${most}}`] : []),
        ...(most === "" ? [] : [`{${low},${Number(most) + 1}}`]),
      ];
      return wider.map(
        (other) =>
          literal.slice(0, index) +
          other +
          literal.slice(index + quantifier.length),
      );
    },
  );
}
