const { default: Sequencer } = require("@jest/test-sequencer");

/** Files that take longest, slowest first. A new clone has no times of earlier runs, and jest would go by file size. */
const SLOWEST = [
  "long/foreign-app",
  "long/init",
  "long/workflows",
  "long/deploy-chain",
  "long/adopt-configurations",
  "long/adopt-existing",
  "long/adopt-disturbed",
  "long/adopt-options",
  "long/least-privilege",
  "long/everything-on",
  "long/deploy",
  "long/generated-stages",
  "long/bootstrap",
  "long/adopt",
  "long/configurations",
  "e2e/library",
  "e2e/app",
  "e2e/installed-package",
  "e2e/identity-provider",
  "e2e/pages",
  "e2e/deploy",
  "e2e/federation",
  "e2e/deploy-interrupted",
  "e2e/clients",
  "e2e/proxy",
  "e2e/credentials",
  "e2e/package-files",
  "e2e/python-client",
  "e2e/applications",
];

/** Starts slow files first, so that none runs alone at the end. */
module.exports = class SlowestFirst extends Sequencer {
  sort(tests) {
    return super
      .sort(tests)
      .map((test) => ({ test, rank: getRank(test.path) }))
      .sort((a, b) => a.rank - b.rank)
      .map(({ test }) => test);
  }
};

function getRank(file) {
  const rank = SLOWEST.findIndex((name) =>
    file.endsWith(`/__tests__/${name}.test.ts`),
  );
  return rank === -1 ? SLOWEST.length : rank;
}
