// Tells of each test file that has run, on one line: which mutant, which file, how many tests failed.
export default class MutantReporter {
  onTestResult(test, result) {
    const line = {
      mutant: test.context.config.displayName.name,
      test: test.path,
      failed: result.numFailingTests,
      error: result.testExecError?.message ?? null,
    };
    process.stdout.write(`@mutant ${JSON.stringify(line)}\n`);
  }
}
