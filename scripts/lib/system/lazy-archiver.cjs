// Loads archiver on first use: cdktf loads it in every synthesis, which takes a tenth of the time, for assets only.
module.exports = (...options) =>
  require("../../../node_modules/cdktf/node_modules/archiver")(...options);
