// cdktf loads this library for archives of assets, whether an app has any or not: a tenth of a synthesis.
module.exports = (...options) =>
  require("../../node_modules/cdktf/node_modules/archiver")(...options);
