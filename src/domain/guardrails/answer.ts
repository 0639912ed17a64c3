/** What is known about a question: never a guess, so "cannot tell" is an answer of its own. */
export type Answer = 'yes' | 'no' | 'cannot_tell';

/** Returns `yes` if every answer is, `no` as soon as one is. */
export function allOf(answers: Iterable<Answer>): Answer {
  let all: Answer = 'yes';
  for (const answer of answers) {
    if (answer === 'no') return 'no';
    if (answer === 'cannot_tell') all = 'cannot_tell';
  }
  return all;
}

/** Returns `yes` as soon as one answer is, `no` if every one is. */
export function anyOf(answers: Iterable<Answer>): Answer {
  let any: Answer = 'no';
  for (const answer of answers) {
    if (answer === 'yes') return 'yes';
    if (answer === 'cannot_tell') any = 'cannot_tell';
  }
  return any;
}

/** Returns the opposite answer; unknown stays unknown. */
export function negated(answer: Answer): Answer {
  return answer === 'yes' ? 'no' : answer === 'no' ? 'yes' : 'cannot_tell';
}

/** Returns what a condition in code amounts to. */
export function answerOf(holds: boolean): Answer {
  return holds ? 'yes' : 'no';
}
