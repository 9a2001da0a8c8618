/** The key that holds a timer's data. */
export function timerKey(tag: u64): string { return "sdk/timer/" + tag.toString(16); }

/** A timer that is due. */
export class Timer {
  constructor(
    /** Of the handler. */
    public name: string,
    /** What after was given. */
    public data: string,
  ) {}
}
