import { describeFaults } from "../support/fault-runs";

describeFaults(["answer lost"], { atLeast: 60, canLeaveOrphans: true });
describeFaults(["killed"], { atLeast: 20, every: 5, canLeaveOrphans: true });
