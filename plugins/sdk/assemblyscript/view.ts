import { JSON, Scanner } from "./json";

/** An object of Discord with types: see discord.ts. It is good until the handler returns. */
export class View {
  constructor(
    /** The object as Discord sent it. */
    public json: JSON,
  ) {}

  get exists(): bool { return this.json.exists; }
}

/** Goes through a list of one kind: `for (let i = member.roles; i.next(); ) i.value()`. */
export class List<T> {
  private at: Scanner;

  constructor(data: JSON) { this.at = data.items(); }

  next(): bool { return this.at.next(); }

  value(): T {
    const v = this.at.value();
    if (isString<T>()) return changetype<T>(v.str());
    if (isReference<T>()) return instantiate<T>(v);
    if (isBoolean<T>()) return <T>v.bool();
    if (isFloat<T>()) return <T>v.float();
    if (isSigned<T>()) return <T>v.int();
    return <T>v.id();
  }
}
