import { config, onStart } from "shardhost";

interface Settings { channel: string }

onStart(async () => {
  await null;
  const channel: Settings["channel"] = config.channel as string;
  if (!channel) throw new Error("config: channel is missing");
});
