import { Monitor, Moon, Sun } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { currentLocale, keepLocale, LOCALES, type Locale } from '../messages/locale.ts';
import { Card } from '../ui/Card.tsx';
import { Checkbox } from '../ui/Checkbox.tsx';
import { Field } from '../ui/Field.tsx';
import { useKeysOn } from '../ui/keys.ts';
import { Segmented } from '../ui/Segmented.tsx';
import { Select } from '../ui/Select.tsx';
import { useTheme } from '../ui/theme.ts';

/** Each in its own words, for whoever cannot read the one that is set. */
const LANGUAGES: Record<Locale, string> = { en: 'English', de: 'Deutsch' };

/** How Docket looks and speaks on this browser. */
export function Preferences() {
  const t = useTranslations('account');
  const common = useTranslations('common');
  const [theme, setTheme] = useTheme();
  const [keysOn, setKeysOn] = useKeysOn();
  return (
    <Card title={t('preferences.title')} intro={t('preferences.intro')}>
      <div className="flex flex-col items-start gap-5">
        <div className="flex flex-col gap-1.5">
          <span className="font-medium">{common('theme')}</span>
          <Segmented
            label={common('theme')}
            value={theme}
            options={[
              { value: 'system', label: common('themeSystem'), icon: <Monitor aria-hidden /> },
              { value: 'light', label: common('themeLight'), icon: <Sun aria-hidden /> },
              { value: 'dark', label: common('themeDark'), icon: <Moon aria-hidden /> },
            ]}
            onChange={setTheme}
          />
        </div>
        <Field label={common('language')} className="w-44">
          {(control) => (
            <Select
              {...control}
              value={currentLocale()}
              options={LOCALES.map((value) => ({ value, label: LANGUAGES[value] }))}
              onChange={(locale) => {
                keepLocale(locale);
                window.location.reload();
              }}
            />
          )}
        </Field>
        <Checkbox
          label={t('preferences.keys')}
          hint={t('preferences.keysHint')}
          checked={keysOn}
          onChange={setKeysOn}
        />
      </div>
    </Card>
  );
}
