const view = new DataView(new ArrayBuffer(8));

/** The two words of a real, IEEE 754, high first. */
export function realBits(v: number): [number, number] {
  view.setFloat64(0, v);
  return [view.getUint32(0), view.getUint32(4)];
}
