import '../../src/ui/theme.css';
import { followTheme } from '../../src/ui/theme.ts';

followTheme();
