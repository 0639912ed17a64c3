import type { PlainTextElement, TextObject } from '@slack/types';
import { Fragment } from 'preact';
import { replaceShortcodes } from './emoji.ts';
import { Mrkdwn } from './mrkdwn.tsx';

/** A text object of Block Kit: Slack's markup, or plain text with its emoji. */
export function Text({ text }: { readonly text: TextObject | undefined }) {
  if (!text) return null;
  return text.type === 'mrkdwn' ? <Mrkdwn text={text.text} /> : <Lines text={plainTextOf(text)} />;
}

/** The characters of a plain text object. */
export function plainTextOf(text: PlainTextElement | TextObject | undefined): string {
  if (!text) return '';
  return text.type === 'plain_text' && text.emoji === false ? text.text : replaceShortcodes(text.text);
}

function Lines({ text }: { readonly text: string }) {
  return (
    <>
      {text.split('\n').map((line, index) => (
        <Fragment key={index}>
          {index > 0 && <br />}
          {line}
        </Fragment>
      ))}
    </>
  );
}
