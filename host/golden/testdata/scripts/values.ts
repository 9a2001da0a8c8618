import { on } from "shardhost";

function same(a: any, b: any): boolean {
  if (typeof a !== "object" || a === null || b === null) return Object.is(a, b);
  const keys = Object.keys(b);
  return Array.isArray(a) === Array.isArray(b) && Object.keys(a).join() === keys.join() && keys.every((k) => same(a[k], b[k]));
}

// An event is as JSON.parse would have made it.
on("*", (event: any, ctx) => {
  const parsed = JSON.parse(ctx.json!);
  if (!same(event, parsed)) throw new Error(`${JSON.stringify(event)} is not ${ctx.json}`);
  if (JSON.stringify(event) !== JSON.stringify(parsed)) throw new Error("written otherwise");
  if (!same({ ...event }, { ...parsed })) throw new Error("spread otherwise");
  for (const key in event) if (event[key] !== event[key]) throw new Error(`${key} is another at the second look`);
  for (const object of [event, parsed]) {
    object.new = 1;
    object.a = "changed";
    delete object.b;
    delete object.none;
    Object.defineProperty(object, "hidden", { value: 1, enumerable: false });
  }
  if (event.a !== "changed" || "b" in event || event.b !== undefined || !("a" in event) || event.hidden !== 1) throw new Error("not changed");
  const sorted = (o: any) => JSON.stringify(Object.entries(o).sort());
  if (sorted(event) !== sorted(parsed)) throw new Error(`changed to ${sorted(event)}, not ${sorted(parsed)}`);
  if (event.toString !== Object.prototype.toString || !(event instanceof Object)) throw new Error("no object");
});
