// The width of chart labels as the browser will draw them, at the labels' 13 px.
let pen: CanvasRenderingContext2D | null = null;

export function textWidth(text: string): number {
  if (pen === null) {
    pen = document.createElement('canvas').getContext('2d');
    if (pen) pen.font = `13px ${getComputedStyle(document.body).fontFamily}`;
  }
  return pen ? pen.measureText(text).width : text.length * 7;
}

// The whole text stays in the tooltip and in the table.
export function shortened(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let end = text.length - 1;
  while (end > 3 && textWidth(`${text.slice(0, end)}…`) > width) --end;
  return `${text.slice(0, end).trimEnd()}…`;
}
