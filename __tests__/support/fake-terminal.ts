import type { OpenTerminal, Terminal } from "../../scripts/lib/cli/terminal";

/** A terminal with prepared answers. A question without an answer fails. */
export class FakeTerminal implements Terminal {
  readonly columns = 80;
  /** Lines and questions, in order. */
  readonly shown: string[] = [];
  private readonly answers: string[];

  constructor(...answers: string[]) {
    this.answers = answers;
  }

  readonly open: OpenTerminal = () => this;

  writeLine(line: string): void {
    this.shown.push(line);
  }

  ask(question: string): Promise<string> {
    this.shown.push(question);
    const answer = this.answers.shift();
    return answer === undefined
      ? Promise.reject(new Error(`no answer is left for "${question}"`))
      : Promise.resolve(answer);
  }

  askHidden(question: string): Promise<string> {
    return this.ask(question);
  }

  async confirm(question: string): Promise<boolean> {
    return (await this.ask(question)) === "y";
  }

  /** Answers that no question has used. */
  get remainingAnswers(): readonly string[] {
    return this.answers;
  }
}
