/** Programs, installers, shortcuts and disk images: what runs when it is opened. An archive that holds one is refused. */
const PROGRAMS = new Set(
  `exe dll com scr pif cpl msi msp mst msix appx appinstaller bat cmd ps1 psm1 ps1xml psd1 vbs vbe vb jse wsf wsh wsc sct
  hta jar jnlp class lnk url scf reg inf ins isp msc chm hlp cab xll
  application gadget iso img vhd vhdx dmg pkg app deb rpm apk aab ipa sys drv ocx ax
  command workflow action desktop settingcontent-ms library-ms search-ms theme themepack mde ade accde`
    .split(/\s+/)
    .filter(Boolean),
);

/** Source code, web pages and server pages: inert until somebody runs or hosts them. Inside an archive: a warning. */
const SCRIPTS = new Set(
  `js mjs cjs ts py pyc pyw rb pl pm sh bash zsh csh ksh fish awk tcl lua php php3 php4 php5 php7 php8 pht phtml phar
  asp aspx ascx ashx asmx cer asa jsp jspx cfm cgi htm html xht xhtml shtml mht mhtml svg svgz swf htaccess`
    .split(/\s+/)
    .filter(Boolean),
);

/** Office documents that carry macros by their type. Inside an archive: a warning. */
const MACRO_DOCUMENTS = new Set([
  'docm',
  'dotm',
  'xlsm',
  'xltm',
  'xlam',
  'pptm',
  'potm',
  'ppsm',
  'ppam',
  'sldm',
]);

export function isMacroDocument(extension: string): boolean {
  return MACRO_DOCUMENTS.has(extension);
}

export function isProgram(extension: string): boolean {
  return PROGRAMS.has(extension);
}

export function isScript(extension: string): boolean {
  return SCRIPTS.has(extension);
}
