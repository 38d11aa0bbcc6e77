const printed = new Set<string>();

/** Prints a notice on standard error, once in a process: several readers of the settings find the same. */
export function printNotice(line: string): void {
  if (printed.has(line)) return;
  printed.add(line);
  process.stderr.write(`${line}\n`);
}
