export interface FieldError {
  field: string;
  message: string;
}

// An answer that is not a success, as RFC 9457 tells it; status 0 where the program did not answer
// at all.
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly fields: FieldError[] = [],
  ) {
    super(detail || title);
  }

  static async fromResponse(response: Response): Promise<Problem> {
    const text = await response.text();
    const fallback = `the program answered ${response.status} ${response.statusText}`.trim();
    try {
      const body = JSON.parse(text) as { title?: string; detail?: string; errors?: FieldError[] };
      return new Problem(
        response.status,
        body.title ?? fallback,
        body.detail ?? '',
        body.errors ?? [],
      );
    } catch {
      return new Problem(response.status, fallback, '');
    }
  }
}

export function wordsOf(error: unknown): string {
  if (error instanceof Problem) {
    return error.detail ? `${error.title}: ${error.detail}` : error.title;
  }
  return error instanceof Error ? error.message : String(error);
}
