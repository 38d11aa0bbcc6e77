import { medianSeconds, type Measured } from "./paired-runs";

/** Numbers of clients that growth is measured at. */
export const CLIENTS = [1, 10, 100, 1000, 5000] as const;

/** Seconds that one app takes, by the number of its clients. */
export interface Growth {
  readonly name: string;
  readonly points: readonly {
    readonly clients: number;
    readonly seconds: number;
  }[];
}

export async function growthOf(
  app: {
    readonly name: string;
    readonly most: number;
    readonly run: (clients: number) => Measured;
  },
  rounds: number,
): Promise<Growth> {
  const points: { clients: number; seconds: number }[] = [];
  for (const clients of CLIENTS.filter((count) => count <= app.most)) {
    const seconds = await medianSeconds(app.run(clients), rounds);
    points.push({ clients, seconds: Math.round(seconds * 1000) / 1000 });
  }
  return { name: app.name, points };
}
