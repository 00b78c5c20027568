package yubin.search;

/// Forms of kanji that people take for the same character, mostly in names: the old form (旧字体) or
/// a variant, and after it the form that is written today. 澤 is found as 沢, 髙 as 高, 﨑 as 崎.
///
/// Those that Unicode calls compatible (U+F900 and up) are folded by NFKC already. 斎 and 斉 stay
/// apart: they are two characters, each with an old form of its own (齋, 齊).
final class OldKanji {
    private static final String PAIRS =
            "亞亜惡悪壓圧圍囲爲為醫医壹壱稻稲飮飲隱隠營営榮栄衞衛驛駅圓円鹽塩緣縁艷艶應応歐欧毆殴櫻桜"
                    + "奧奥橫横溫温穩穏假仮價価畫画會会壞壊懷懐繪絵擴拡殼殻覺覚學学嶽岳樂楽勸勧卷巻寬寛"
                    + "歡歓罐缶觀観關関陷陥巖巌顏顔歸帰氣気龜亀僞偽戲戯犧犠舊旧據拠擧挙峽峡挾挟狹狭鄕郷"
                    + "曉暁區区驅駆勳勲薰薫徑径惠恵揭掲攜携溪渓經経繼継莖茎螢蛍輕軽鷄鶏藝芸缺欠儉倹劍剣"
                    + "圈圏檢検權権獻献縣県硏研險険顯顕驗験嚴厳效効廣広恆恒鑛鉱號号國国黑黒濟済碎砕齋斎"
                    + "劑剤册冊雜雑參参慘惨棧桟蠶蚕贊賛殘残絲糸齒歯兒児辭辞濕湿實実舍舎寫写釋釈壽寿收収"
                    + "從従澁渋獸獣縱縦肅粛處処緖緒敍叙奬奨將将燒焼稱称證証乘乗剩剰壤壌孃嬢條条淨浄疊畳"
                    + "穰穣讓譲釀醸囑嘱觸触寢寝愼慎晉晋眞真盡尽圖図粹粋醉酔穗穂隨随髓髄樞枢數数瀨瀬聲声"
                    + "靜静齊斉攝摂竊窃專専戰戦淺浅潛潜纖繊踐践錢銭禪禅曾曽雙双壯壮搜捜插挿爭争總総聰聡"
                    + "莊荘裝装騷騒增増臟臓藏蔵屬属續続墮堕體体對対帶帯滯滞臺台瀧滝擇択澤沢單単擔担膽胆"
                    + "團団彈弾斷断癡痴遲遅晝昼蟲虫鑄鋳廳庁徵徴聽聴敕勅鎭鎮遞逓鐵鉄轉転點点傳伝黨党盜盗"
                    + "燈灯當当鬪闘德徳獨独讀読屆届繩縄貳弐惱悩腦脳霸覇廢廃拜拝賣売麥麦發発髮髪拔抜蠻蛮"
                    + "祕秘彥彦姬姫濱浜濵浜甁瓶拂払佛仏竝並變変邊辺邉辺辨弁瓣弁辯弁舖舗步歩寶宝萠萌豐豊"
                    + "沒没飜翻槇槙每毎萬万滿満默黙彌弥藥薬譯訳豫予餘余與与譽誉搖揺樣様謠謡遙遥瑤瑶慾欲"
                    + "來来賴頼亂乱覽覧龍竜兩両獵猟綠緑壘塁勵励禮礼隸隷靈霊齡齢戀恋爐炉勞労樓楼郞郎祿禄"
                    + "錄録亙亘灣湾髙高﨑崎嵜崎嶋島嶌島冨富峯峰舘館桒桑啟啓姊姉昻昂凉涼尙尚曻昇渕淵鷗鴎"
                    + "檜桧蔣蒋頰頬塡填剝剥瘦痩麵麺麴麹啞唖蠟蝋攪撹摑掴繫繋瀆涜儘侭壺壷藪薮諫諌醬醤噓嘘"
                    + "俠侠軀躯倂併屛屏籠篭";

    private OldKanji() {}

    /// Calls `pair` with each old form and the form of today.
    static void each(Pair pair) {
        for (int i = 0; i < PAIRS.length(); i += 2) {
            pair.take(PAIRS.charAt(i), PAIRS.charAt(i + 1));
        }
    }

    interface Pair {
        void take(char old, char today);
    }
}
