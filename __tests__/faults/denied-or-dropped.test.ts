import { describeFaults } from "../support/fault-runs";

describeFaults(["denied", "dropped"], { atLeast: 60 });
