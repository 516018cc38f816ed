/**
 * Regions with VM service, their places in degrees and their zones: `id|name|latitude|longitude|zones`.
 * Source: cloud-barista/cb-tumblebug `assets/cloudinfo.yaml`, commit 440b798 (2026-08-22), Apache-2.0; see ../NOTICE.md.
 */
export const REGION_TABLES = {
  aws: `
af-south-1|Africa (Cape Town)|-33.9|18.5|af-south-1a,af-south-1b,af-south-1c
ap-east-1|Asia Pacific (Hong Kong)|22.2603|114.1803|ap-east-1a,ap-east-1b,ap-east-1c
ap-east-2|Asia Pacific (Taipei)|25.0329694|121.5654177|ap-east-2a,ap-east-2b,ap-east-2c
ap-northeast-1|Asia Pacific (Tokyo)|35.41|139.42|ap-northeast-1a,ap-northeast-1c,ap-northeast-1d
ap-northeast-2|Asia Pacific (Seoul)|37.36|126.78|ap-northeast-2a,ap-northeast-2b,ap-northeast-2c,ap-northeast-2d
ap-northeast-3|Asia Pacific (Osaka)|34.38|131.7|ap-northeast-3a,ap-northeast-3b,ap-northeast-3c
ap-south-1|Asia Pacific (Mumbai)|19.08|72.88|ap-south-1a,ap-south-1b,ap-south-1c
ap-south-2|Asia Pacific (Hyderabad)|17.360589|78.4740613|ap-south-2a,ap-south-2b,ap-south-2c
ap-southeast-1|Asia Pacific (Singapore)|1.37|103.8|ap-southeast-1a,ap-southeast-1b,ap-southeast-1c
ap-southeast-2|Asia Pacific (Sydney)|-33.86|151.2|ap-southeast-2a,ap-southeast-2b,ap-southeast-2c
ap-southeast-3|Asia Pacific (Jakarta)|-6.175247|106.8270488|ap-southeast-3a,ap-southeast-3b,ap-southeast-3c
ap-southeast-4|Asia Pacific (Melbourne)|-37.8142454|144.9631732|ap-southeast-4a,ap-southeast-4b,ap-southeast-4c
ap-southeast-5|Asia Pacific (Malaysia)|3.139|101.6869|ap-southeast-5a,ap-southeast-5b,ap-southeast-5c
ap-southeast-6|Asia Pacific (New Zealand)|-36.8485|174.7633|ap-southeast-6a,ap-southeast-6b,ap-southeast-6c
ap-southeast-7|Asia Pacific (Thailand)|13.7563|100.5018|ap-southeast-7a,ap-southeast-7b,ap-southeast-7c
ca-central-1|Canada (Central)|45.5|-73.6|ca-central-1a,ca-central-1b,ca-central-1d
ca-west-1|Canada West (Calgary)|51.0456064|-114.057541|ca-west-1a,ca-west-1b,ca-west-1c
eu-central-1|Europe (Frankfurt)|50.0|8.0|eu-central-1a,eu-central-1b,eu-central-1c
eu-central-2|Europe (Zurich)|47.3744489|8.5410422|eu-central-2a,eu-central-2b,eu-central-2c
eu-north-1|Europe (Stockholm)|64.6|14.2|eu-north-1a,eu-north-1b,eu-north-1c
eu-south-1|Europe (Milan)|45.4|9.1|eu-south-1a,eu-south-1b,eu-south-1c
eu-south-2|Europe (Spain)|39.3260685|-4.8379791|eu-south-2a,eu-south-2b,eu-south-2c
eu-west-1|Europe (Ireland)|53.0|-8.0|eu-west-1a,eu-west-1b,eu-west-1c
eu-west-2|Europe (London)|51.0|-0.1|eu-west-2a,eu-west-2b,eu-west-2c
eu-west-3|Europe (Paris)|48.86|2.35|eu-west-3a,eu-west-3b,eu-west-3c
il-central-1|Israel (Tel Aviv)|32.0852997|34.7818064|il-central-1a,il-central-1b,il-central-1c
me-central-1|Middle East (UAE)|24.0002488|53.9994829|me-central-1a,me-central-1b,me-central-1c
mx-central-1|Mexico (Central)|20.5887932|-100.3898881|mx-central-1a,mx-central-1b,mx-central-1c
sa-east-1|South America (Sao Paulo)|-23.34|-46.38|sa-east-1a,sa-east-1b,sa-east-1c
us-east-1|US East (N. Virginia)|38.13|-78.45|us-east-1a,us-east-1b,us-east-1c,us-east-1d,us-east-1e,us-east-1f
us-east-2|US East (Ohio)|39.96|-83.0|us-east-2a,us-east-2b,us-east-2c
us-west-1|US West (N. California)|37.35|-121.96|us-west-1a,us-west-1b
us-west-2|US West (Oregon)|46.15|-123.88|us-west-2a,us-west-2b,us-west-2c,us-west-2d`,
  azure: `
australiacentral|Australia Central|-35.3075|149.1244|
australiaeast|Australia East|-33.86|151.2094|1,2,3
australiasoutheast|Australia Southeast|-37.8136|144.9631|
austriaeast|Austria East|48.2082|16.3738|1,2,3
belgiumcentral|Belgium Central|50.8503|4.3517|1,2,3
brazilsouth|Brazil South|-23.55|-46.633|1,2,3
canadacentral|Canada Central|43.653|-79.383|1,2,3
canadaeast|Canada East|46.817|-71.217|
centralindia|Central India|18.5822|73.9197|1,2,3
centralus|Central US|41.5908|-93.6208|1,2,3
chilecentral|Chile Central|-33.4378|-70.6504|1,2,3
denmarkeast|Denmark East|55.6761|12.5683|1,2,3
eastasia|East Asia|22.267|114.188|1,2,3
eastus|East US|37.3719|-79.8164|1,2,3
eastus2|East US 2|36.6681|-78.3889|1,2,3
francecentral|France Central|46.3772|2.373|1,2,3
germanywestcentral|Germany West Central|50.1109|8.6821|1,2,3
indonesiacentral|Indonesia Central|-6.2088|106.8456|1,2,3
israelcentral|israel central|30.8124247|34.8594762|1,2,3
italynorth|Lombardy Italy|45.47621|9.84473|1,2,3
japaneast|Japan East|35.68|139.77|1,2,3
japanwest|Japan West|34.6939|135.5022|1,2,3
koreacentral|Korea Central|37.5665|126.978|1,2,3
koreasouth|Korea South|35.1796|129.0756|
malaysiawest|Malaysia West|3.139|101.6869|1,2,3
mexicocentral|Mexico Central|20.588818|-100.389888|1,2,3
newzealandnorth|New Zealand North|-36.8485|174.7633|1,2,3
northcentralus|North Central US|41.8819|-87.6278|
northeurope|North Europe|53.3478|-6.2597|1,2,3
norwayeast|Norway East|59.9139|10.7522|1,2,3
polandcentral|polandcentral|52.20793|19.59488|1,2,3
qatarcentral|qatar central|25.3336984|51.2295295|1,2,3
southafricanorth|South Africa North|-25.7313|28.2184|1,2,3
southcentralus|South Central US|29.4167|-98.5|1,2,3
southeastasia|Southeast Asia|1.283|103.833|1,2,3
southindia|South India|12.9822|80.1636|
spaincentral|Spain Central|40.4259|3.4209|1,2,3
swedencentral|sweden central|59.6749712|14.5208584|1,2,3
switzerlandnorth|Switzerland North|47.4515|8.5646|1,2,3
uaenorth|UAE North|25.2667|55.3167|1,2,3
uksouth|UK South|50.941|-0.799|1,2,3
ukwest|UK West|53.427|-3.084|
westcentralus|West Central US|40.89|-110.234|
westeurope|West Europe|52.3667|4.9|1,2,3
westindia|West India|19.088|72.868|
westus|West US|37.783|-122.417|
westus2|West US 2|47.233|-119.852|1,2,3
westus3|westus3|33.90304|-112.01002|1,2,3`,
  gcp: `
africa-south1|Johannesburg, South Africa|-26.205|28.049722|africa-south1-a,africa-south1-b,africa-south1-c
asia-east1|Changhua County Taiwan|24.0756|120.5451|asia-east1-a,asia-east1-b,asia-east1-c
asia-east2|Hong Kong|22.3964|114.1095|asia-east2-a,asia-east2-b,asia-east2-c
asia-northeast1|Tokyo Japan|35.6896|139.6917|asia-northeast1-a,asia-northeast1-b,asia-northeast1-c
asia-northeast2|Osaka Japan|34.6937|135.5022|asia-northeast2-a,asia-northeast2-b,asia-northeast2-c
asia-northeast3|Seoul South Korea|37.2|127.0|asia-northeast3-a,asia-northeast3-b,asia-northeast3-c
asia-south1|Mumbai India|19.0761|72.8774|asia-south1-a,asia-south1-b,asia-south1-c
asia-south2|Delhi, India, APAC|28.6273928|77.1716954|asia-south2-a,asia-south2-b,asia-south2-c
asia-southeast1|Jurong West Singapore|1.3409|103.7041|asia-southeast1-a,asia-southeast1-b,asia-southeast1-c
asia-southeast2|Jakarta Indonesia|-6.201|106.816|asia-southeast2-a,asia-southeast2-b,asia-southeast2-c
asia-southeast3|Bangkok Thailand|13.7563|100.5018|asia-southeast3-a,asia-southeast3-b,asia-southeast3-c
australia-southeast1|Sydney Australia|-33.8651|151.2099|australia-southeast1-a,australia-southeast1-b,australia-southeast1-c
australia-southeast2|Melbourne, Australia, APAC|-37.8142454|144.9631732|australia-southeast2-a,australia-southeast2-b,australia-southeast2-c
europe-central2|Warsaw Poland|52.237049|21.017532|europe-central2-a,europe-central2-b,europe-central2-c
europe-north1|Hamina Finland|60.57|27.2|europe-north1-a,europe-north1-b,europe-north1-c
europe-north2|Stockholm, Sweden|59.3293|18.0686|europe-north2-a,europe-north2-b,europe-north2-c
europe-southwest1|Madrid, Spain, Europe|40.4167047|-3.7035825|europe-southwest1-a,europe-southwest1-b,europe-southwest1-c
europe-west1|St. Ghislain Belgium|50.4482|3.8189|europe-west1-b,europe-west1-c,europe-west1-d
europe-west10|Berlin, Germany, Europe|52.5170365|13.3888599|europe-west10-a,europe-west10-b,europe-west10-c
europe-west12|Turin, Italy, Europe|45.0677551|7.6824892|europe-west12-a,europe-west12-b,europe-west12-c
europe-west2|London England  UK|51.5099|-0.1181|europe-west2-a,europe-west2-b,europe-west2-c
europe-west3|Frankfurt Germany|50.1109|8.6831|europe-west3-a,europe-west3-b,europe-west3-c
europe-west4|Eemshaven Netherlands|53.4423|6.8253|europe-west4-a,europe-west4-b,europe-west4-c
europe-west6|Zurich Switzerland|47.3667|8.55|europe-west6-a,europe-west6-b,europe-west6-c
europe-west8|Milan, Italy, Europe|45.4641943|9.1896346|europe-west8-a,europe-west8-b,europe-west8-c
europe-west9|Paris, France, Europe|48.8588897|2.32004102|europe-west9-a,europe-west9-b,europe-west9-c
me-central1|Doha, Qatar, Middle East|25.2856329|51.5264162|me-central1-a,me-central1-b,me-central1-c
me-central2|Dammam, Saudi Arabia, Middle East|26.4367824|50.1039991|me-central2-a,me-central2-b,me-central2-c
me-west1|Tel Aviv, Israel, Middle East|32.0956658|34.8062567|me-west1-a,me-west1-b,me-west1-c
northamerica-northeast1|Montreal Quebec Canada|45.5089|-73.5617|northamerica-northeast1-a,northamerica-northeast1-b,northamerica-northeast1-c
northamerica-northeast2|Toronto, Ontario, North America|43.6534817|-79.3839347|northamerica-northeast2-a,northamerica-northeast2-b,northamerica-northeast2-c
northamerica-south1|Mexico City, Mexico|19.4326|-99.1332|northamerica-south1-a,northamerica-south1-b,northamerica-south1-c
southamerica-east1|Osasco (Sao Paulo)  Brazil|-23.5325|-46.7917|southamerica-east1-a,southamerica-east1-b,southamerica-east1-c
southamerica-west1|Santiago, Chile, South America|-33.4377756|-70.6504502|southamerica-west1-a,southamerica-west1-b,southamerica-west1-c
us-central1|Council Bluffs Iowa  USA|41.2522|-95.8575|us-central1-a,us-central1-b,us-central1-c,us-central1-f
us-east1|Moncks Corner South Carolina USA|33.1913|-80.004|us-east1-b,us-east1-c,us-east1-d
us-east4|Ashburn Northern Virginia USA|39.0403|-77.4852|us-east4-a,us-east4-b,us-east4-c
us-east5|Columbus, Ohio, North America|39.9622601|-83.0007065|us-east5-a,us-east5-b,us-east5-c
us-south1|Dallas, Texas, North America|32.7762719|-96.7968559|us-south1-a,us-south1-b,us-south1-c
us-west1|Dalles Oregon USA|45.5946|-121.1787|us-west1-a,us-west1-b,us-west1-c
us-west2|LA California USA|34.0522|-118.2437|us-west2-a,us-west2-b,us-west2-c
us-west3|Salt Lake City Utah USA|40.7587|-111.8762|us-west3-a,us-west3-b,us-west3-c
us-west4|Las Vegas USA|36.1146|-115.1728|us-west4-a,us-west4-b,us-west4-c`,
  alibaba: `
ap-northeast-1|Japan (Tokyo)|35.41|139.42|ap-northeast-1a,ap-northeast-1b,ap-northeast-1c,ap-northeast-1d,ap-northeast-1e
ap-northeast-2|South Korea (Seoul)|37.36|126.78|ap-northeast-2a,ap-northeast-2b
ap-southeast-1|Singapore|1.37|103.8|ap-southeast-1a,ap-southeast-1b,ap-southeast-1c,ap-southeast-1d
ap-southeast-3|Malaysia (Kuala Lumpur)|3.1408|101.6932|ap-southeast-3a,ap-southeast-3b,ap-southeast-3c
ap-southeast-5|Indonesia (Jakarta)|-6.205|106.816|ap-southeast-5a,ap-southeast-5b,ap-southeast-5c
ap-southeast-6|Philippines (Manila)|14.5906346|120.9799964|ap-southeast-6a,ap-southeast-6b
ap-southeast-7|Thailand (Bangkok)|13.7524938|100.4935089|ap-southeast-7a,ap-southeast-7b
ap-southeast-8|Malaysia (Johor)|1.4927|103.7414|ap-southeast-8a,ap-southeast-8b
cn-beijing|China (Beijing)|39.5427|116.235|cn-beijing-a,cn-beijing-b,cn-beijing-c,cn-beijing-d,cn-beijing-e,cn-beijing-f,cn-beijing-g,cn-beijing-h,cn-beijing-i,cn-beijing-j,cn-beijing-k,cn-beijing-l
cn-chengdu|China (Chengdu)|30.657|104.08|cn-chengdu-a,cn-chengdu-b,cn-chengdu-c
cn-fuzhou|China (Fuzhou - Local Region)|26.0774954|119.2918215|cn-fuzhou-a
cn-guangzhou|China (Guangzhou)|23.1292|113.3288|cn-guangzhou-a,cn-guangzhou-b
cn-hangzhou|China (Hangzhou)|30.25|120.1666|cn-hangzhou-b,cn-hangzhou-e,cn-hangzhou-f,cn-hangzhou-g,cn-hangzhou-h,cn-hangzhou-i,cn-hangzhou-j,cn-hangzhou-k
cn-heyuan|China (Heyuan)|23.7333|114.683|cn-heyuan-a,cn-heyuan-b
cn-hongkong|China (Hong Kong)|22.4464|114.5095|cn-hongkong-b,cn-hongkong-c,cn-hongkong-d
cn-huhehaote|China (Huhehaote)|40.5046|111.4358|cn-huhehaote-a,cn-huhehaote-b
cn-nanjing|China (Nanjing - Local Region)|32.0438284|118.7788631|cn-nanjing-a
cn-qingdao|China (Qingdao)|36.3|120.22|cn-qingdao-b,cn-qingdao-c
cn-shanghai|China (Shanghai)|31.224|121.4691|cn-shanghai-a,cn-shanghai-b,cn-shanghai-c,cn-shanghai-d,cn-shanghai-e,cn-shanghai-f,cn-shanghai-g,cn-shanghai-k,cn-shanghai-l,cn-shanghai-m,cn-shanghai-n,cn-shanghai-o
cn-shenzhen|China (Shenzhen)|22.5428|114.0629|cn-shenzhen-a,cn-shenzhen-b,cn-shenzhen-c,cn-shenzhen-d,cn-shenzhen-e,cn-shenzhen-f
cn-wuhan-lr|China (Wuhan - Local Region)|30.5951051|114.2999353|cn-wuhan-lr-a
cn-wulanchabu|China (Ulanqab)|40.9937|113.1333|cn-wulanchabu-a,cn-wulanchabu-b,cn-wulanchabu-c,cn-wulanchabu-d
cn-zhangjiakou|China (Zhangjiakou)|40.4836|114.5245|cn-zhangjiakou-a,cn-zhangjiakou-b,cn-zhangjiakou-c
cn-zhongwei|China (Zhongwei)|37.5167|105.1893|cn-zhongwei-a,cn-zhongwei-b
eu-central-1|Germany (Frankfurt)|50.0|8.0|eu-central-1a,eu-central-1b,eu-central-1c
eu-west-1|UK (London)|53.0|-8.0|eu-west-1a,eu-west-1b
eu-west-2|France (Paris)|48.8566|2.3522|eu-west-2a,eu-west-2b
me-central-1|Middle East (UAE)|24.0002488|53.9994829|me-central-1a,me-central-1b
me-east-1|UAE (Dubai)|25.277|55.2962|me-east-1a,me-east-1b
na-south-1|Mexico|19.4326|-99.1332|na-south-1a
us-east-1|US (Virginia)|38.13|-78.45|us-east-1a,us-east-1b
us-west-1|US (Silicon Valley)|37.35|-121.96|us-west-1a,us-west-1b`,
  tencent: `
ap-bangkok|Bangkok|13.756331|100.501765|ap-bangkok-1,ap-bangkok-2
ap-beijing|Beijing|39.9042|116.407396|ap-beijing-3,ap-beijing-6,ap-beijing-7,ap-beijing-8
ap-chengdu|Chengdu|30.572815|104.066801|ap-chengdu-1
ap-chongqing|Chongqing|29.431586|106.912251|ap-chongqing-1
ap-guangzhou|Guangzhou|23.12911|113.264385|ap-guangzhou-5,ap-guangzhou-6,ap-guangzhou-7
ap-hongkong|HongKong|22.396228|114.108497|ap-hongkong-2,ap-hongkong-3
ap-jakarta|Jakarta|-6.17511|106.865036|ap-jakarta-1,ap-jakarta-2
ap-nanjing|Nanjing|32.060255|118.796877|ap-nanjing-1,ap-nanjing-3
ap-seoul|Seoul|37.566536|126.977966|ap-seoul-1,ap-seoul-2
ap-shanghai|Shanghai|31.23039|121.473702|ap-shanghai-2,ap-shanghai-5,ap-shanghai-8
ap-singapore|Singapore|1.352083|103.819839|ap-singapore-1,ap-singapore-2,ap-singapore-3,ap-singapore-4
ap-tokyo|Tokyo|35.689487|139.691711|ap-tokyo-1,ap-tokyo-2
eu-frankfurt|Frankfurt|50.110922|8.682127|eu-frankfurt-1,eu-frankfurt-2
me-saudi-arabia|Saudi Arabia (Riyadh)|24.7136|46.6753|me-saudi-arabia-1,me-saudi-arabia-2
na-ashburn|Virginia|37.431573|-78.656894|na-ashburn-1,na-ashburn-2
na-siliconvalley|SiliconValley|37.387474|-122.057543|na-siliconvalley-1,na-siliconvalley-2
sa-saopaulo|Sao Paulo|-23.55398|-46.64681|sa-saopaulo-1`,
  ibm: `
au-syd|Sydney (Australia)|-33.86882|151.209296|au-syd-1,au-syd-2,au-syd-3
br-sao|Sao Paulo (Brazil)|-23.55052|-46.633309|br-sao-1,br-sao-2,br-sao-3
ca-mon|Montreal, Quebec, Canada|45.5089|-73.5617|ca-mon-1,ca-mon-2,ca-mon-3
ca-tor|Toronto (Canada)|43.655226|-79.383184|ca-tor-1,ca-tor-2,ca-tor-3
eu-de|Frankfurt (Germany)|50.110722|8.682127|eu-de-1,eu-de-2,eu-de-3
eu-es|Madrid Spain|40.42695|-3.70872|eu-es-1,eu-es-2,eu-es-3
eu-gb|London (United Kingdom)|51.507351|-0.127758|eu-gb-1,eu-gb-2,eu-gb-3
in-che|Chennai - Airtel (India)|13.0827|80.2707|in-che-1,in-che-2,in-che-3
in-mum|Mumbai - Airtel (India)|19.076|72.8777|in-mum-1,in-mum-2,in-mum-3
jp-osa|Osaka (Japan)|34.693738|135.502165|jp-osa-1,jp-osa-2,jp-osa-3
jp-tok|Tokyo (Japan)|35.689588|139.691706|jp-tok-1,jp-tok-2,jp-tok-3
us-east|Washington DC (US East)|38.907192|-77.036871|us-east-1,us-east-2,us-east-3
us-south|Dallas USA|32.81248|-96.77619|us-south-1,us-south-2,us-south-3`,
  ncp: `
JPN|Japan|35.51742|136.80291|JPN-4,JPN-5
KR|Korea 1|37.4754|126.8831|KR-1,KR-2
SGN|Singapore|1.3402|103.7041|SGN-4,SGN-5`,
  nhn: `
JP1|Tokyo (Japan)|35.412|139.423|jp-pub-a,jp-pub-b
KR1|Pangyo (South Korea)|37.390889|127.096792|kr-pub-a,kr-pub-b
KR2|Pyeongchon (South Korea)|37.392584|126.95145|kr2-pub-a,kr2-pub-b
KR3|Gwangju (South Korea)|35.1595|126.8526|kr3-pub-a,kr3-pub-b`,
  kt: `
KR1|Mok-dong - Seoul (South Korea)|37.536726|126.874278|DX-M1`,
  openstack: `
RegionOne|Korea Daejeon (Internal)|36.3804|127.365|nova`,
};
