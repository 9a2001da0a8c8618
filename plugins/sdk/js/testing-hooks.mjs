// How Node.js finds "shardhost" and the host in a test: each bot that is started
// has modules of its own, told apart by the query of their addresses.
const home = new URL(".", import.meta.url).href;
const own = { shardhost: "shardhost.js", "shardhost:host": "testing-host.mjs" };

export async function resolve(specifier, context, next) {
  const query = context.parentURL?.match(/\?bot=\d+$/)?.[0] ?? "";
  if (own[specifier]) return { url: home + own[specifier] + query, format: "module", shortCircuit: true };
  if (specifier === "./globals.js" && context.parentURL.startsWith(home)) specifier = "./testing-globals.mjs";
  const found = await next(specifier, context);
  if (query && found.url.startsWith("file:") && !found.url.includes("/node_modules/") && !found.url.includes("?")) found.url += query;
  if (/\.js(\?bot=\d+)?$/.test(found.url) && !found.url.includes("/node_modules/")) found.format = "module";
  return found;
}
