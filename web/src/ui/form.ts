import { type ChangeEvent, type FormEvent, useId, useState } from 'react';
import { useTranslations } from 'use-intl';
import { ApiProblem } from '../api/problem.ts';
import { useRefusal } from '../messages/refusals.ts';
import type { FieldError } from './ErrorSummary.tsx';

type Values<Name extends string> = Record<Name, string>;
type Complaints<Name extends string> = Partial<Record<Name, string | false>>;

interface FormOptions<Name extends string> {
  /** The fields, as they begin. */
  fields: Values<Name>;
  /** What is wrong before it is sent, by field. */
  check?(values: Values<Name>): Complaints<Name>;
  /** Sends it; what it throws is told above the form. */
  submit(values: Values<Name>): Promise<void>;
}

export type FormOf<Name extends string> = ReturnType<typeof useForm<Name>>;

/** What a form's frame needs of it. */
export interface Form {
  props: { onSubmit(event: FormEvent): void; noValidate: true };
  errors: FieldError[];
  errorTitle: string;
  busy: boolean;
}

/** A form of text fields: checked and sent on submit, once at a time; its errors are for an `ErrorSummary`. */
export function useForm<Name extends string>({ fields, check, submit }: FormOptions<Name>) {
  const t = useTranslations('common');
  const word = useRefusal();
  const id = useId();
  const [values, setValues] = useState(fields);
  const [complaints, setComplaints] = useState<Complaints<Name>>({});
  const [errors, setErrors] = useState<FieldError[]>([]);
  const [errorTitle, setErrorTitle] = useState('');
  const [busy, setBusy] = useState(false);
  const idOf = (name: Name) => `${id}-${name}`;

  const fail = (error: unknown) => {
    const { title, advice } = word(problemFrom(error));
    setErrorTitle(title);
    setErrors([{ message: advice }]);
  };

  const onSubmit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    const found: Complaints<Name> = check?.(values) ?? {};
    const wrong = names(fields).filter((name) => found[name]);
    setComplaints(found);
    setErrorTitle(t('correctThis', { count: wrong.length }));
    setErrors(wrong.map((name) => ({ field: idOf(name), message: text(found[name]) })));
    if (wrong.length > 0) return;
    setBusy(true);
    try {
      await submit(values);
    } catch (error) {
      fail(error);
    } finally {
      setBusy(false);
    }
  };

  return {
    values,
    busy,
    errors,
    errorTitle,
    /** Tells above the form what went wrong after it was submitted. */
    fail,
    set: (changed: Partial<Values<Name>>) => setValues((before) => ({ ...before, ...changed })),
    /** Begins anew where all is still as it was sent; what was typed since stays. */
    renew: (sent: Values<Name>, empty: Values<Name>) =>
      setValues((now) => (names(sent).every((name) => now[name] === sent[name]) ? empty : now)),
    props: { onSubmit: (event: FormEvent) => void onSubmit(event), noValidate: true as const },
    /** For the `Field` of this name. */
    field: (name: Name) => ({ id: idOf(name), error: text(complaints[name]) || undefined }),
    /** For the control in it. */
    input: (name: Name) => ({
      name,
      value: values[name],
      onChange: (event: ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) => {
        const { value } = event.currentTarget;
        setValues((before) => ({ ...before, [name]: value }));
      },
    }),
  };
}

function names<Name extends string>(fields: Values<Name>): Name[] {
  return Object.keys(fields).filter((name): name is Name => Object.hasOwn(fields, name));
}

const text = (complaint: string | false | undefined): string => complaint || '';

/** Whatever was thrown, as something that can be told. A fault of ours shows in the console as well. */
export function problemFrom(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  console.error(error);
  return new ApiProblem('internal_error', 0);
}
