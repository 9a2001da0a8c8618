// Which handler runs, for messages.

let handler: string = "";

export function place(): string { return handler; }

export function enter(name: string): void { handler = name; }
