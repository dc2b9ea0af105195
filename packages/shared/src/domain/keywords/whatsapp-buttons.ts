/**
 * The button by which Meta lets people opt out of marketing templates, in the languages of the templates. A press arrives as
 * a message with the button's text. Seen in templates: English, Spanish, Portuguese and Italian. Meta publishes no list: the other
 * languages are translations, which cost nothing where the button has another text.
 */
export const STOP_PROMOTIONS_BUTTONS = [
  'Stop promotions',
  ...['Detener promociones', 'Parar promociones', 'Dejar de recibir promociones'],
  ...['Parar promoções', 'Interromper promoções', 'Parar promoção'],
  'Interrompi promozioni',
  ...['Arrêter les promotions', 'Stopper les promotions', 'Arrêter promotions'],
  ...['Werbung stoppen', 'Werbeaktionen stoppen', 'Keine Werbung mehr', 'Promotionen stoppen'],
  ...['Stop promoties', 'Promoties stoppen'],
  ...[
    'Hentikan promosi',
    'Promosyonları durdur',
    'Остановить рекламу',
    'إيقاف العروض الترويجية',
    'הפסקת מבצעים',
  ],
  ...['プロモーションを停止', 'プロモーションの停止'],
] as const;
