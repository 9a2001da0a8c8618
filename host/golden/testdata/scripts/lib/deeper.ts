export function deeper(n: number): number {
  return 1 + deeper(n + 1);
}
