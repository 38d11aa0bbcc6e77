import { describeFaults } from "../support/fault-runs";

describeFaults(["error", "throttled"], { atLeast: 60 });
