"""Widgets of ComfyUI's partner nodes (somebody's server makes the picture), in the order a canvas lists their values; see `widget_orders`.

As their own canvases list them. Where what follows depends on the model chosen, the order ends there: a seed is still known by the
browser's value behind it.
"""

PARTNERS = """
ByteDanceFirstLastFrameNode: model prompt resolution aspect_ratio duration seed *
ByteDanceImageToVideoNode: model prompt resolution aspect_ratio duration seed *
ByteDanceTextToVideoNode: model prompt resolution aspect_ratio duration seed *
ByteDanceSeedreamNode: model prompt size_preset width height sequential_image_generation max_images seed *
ByteDanceImageNode: model prompt size_preset width height seed *
FluxKontextMaxImageNode: prompt aspect_ratio guidance steps seed *
FluxKontextProImageNode: prompt aspect_ratio guidance steps seed *
FluxProUltraImageNode: prompt prompt_upsampling seed * aspect_ratio raw
GeminiImageNode: prompt model seed *
IdeogramV1: prompt turbo aspect_ratio magic_prompt_option seed * negative_prompt
IdeogramV2: prompt turbo aspect_ratio resolution magic_prompt_option seed * style_type negative_prompt
IdeogramV3: prompt aspect_ratio resolution magic_prompt_option seed * num_images rendering_speed
KlingTextToVideoNode: prompt negative_prompt cfg_scale aspect_ratio mode
KlingImage2VideoNode: prompt negative_prompt model_name cfg_scale mode aspect_ratio duration
KlingStartEndFrameNode: prompt negative_prompt cfg_scale aspect_ratio mode
KlingSingleImageVideoEffectNode: effect_scene model_name duration
LumaImageNode: prompt model aspect_ratio seed *
LumaImageModifyNode: prompt image_weight model seed *
LumaImageToVideoNode: prompt model resolution duration loop seed *
LumaVideoNode: prompt model aspect_ratio resolution duration loop seed *
MinimaxTextToVideoNode: prompt_text model seed *
MinimaxImageToVideoNode: prompt_text model seed *
MinimaxHailuoVideoNode: prompt_text seed * prompt_optimizer duration resolution
MoonvalleyImg2VideoNode: prompt negative_prompt resolution prompt_adherence seed * steps
MoonvalleyTxt2VideoNode: prompt negative_prompt resolution prompt_adherence seed * steps
MoonvalleyVideo2VideoNode: prompt negative_prompt
OpenAIDalle2: prompt seed * size n
OpenAIDalle3: prompt seed * quality style size
OpenAIGPTImage1: prompt seed * quality background size n
OpenAIVideoSora2: model prompt size duration seed *
PikaImageToVideoNode2_2: prompt_text negative_prompt seed * resolution duration
PikaTextToVideoNode2_2: prompt_text negative_prompt seed * resolution duration aspect_ratio
PikaScenesV2_2: prompt_text negative_prompt seed * resolution duration ingredients_mode aspect_ratio
PixverseTextToVideoNode: prompt aspect_ratio quality duration_seconds motion_mode seed * negative_prompt
PixverseImageToVideoNode: prompt quality duration_seconds motion_mode seed * negative_prompt
RecraftTextToImageNode: prompt size n seed *
RecraftTextToVectorNode: prompt substyle size n seed *
RunwayFirstLastFrameNode: prompt duration ratio seed *
RunwayImageToVideoNodeGen3a: prompt duration ratio seed *
RunwayImageToVideoNodeGen4: prompt duration ratio seed *
RunwayTextToImageNode: prompt ratio
StabilityAudioInpaint: model prompt duration seed * steps
StabilityAudioToAudio: model prompt duration seed * steps strength
StabilityTextToAudio: model prompt duration seed * steps
StabilityStableImageSD_3_5Node: prompt model aspect_ratio style_preset cfg_scale seed * image_denoise
StabilityStableImageUltraNode: prompt aspect_ratio style_preset seed * image_denoise
TripoTextToModelNode: prompt negative_prompt model_version style
VeoVideoGenerationNode: prompt aspect_ratio negative_prompt duration_seconds enhance_prompt person_generation seed * model
Veo3VideoGenerationNode: prompt aspect_ratio negative_prompt duration_seconds enhance_prompt person_generation seed * model generate_audio
ViduTextToVideoNode: model prompt duration seed * aspect_ratio resolution
ViduImageToVideoNode: model prompt duration seed * resolution
ViduReferenceVideoNode: model prompt duration seed * aspect_ratio resolution
ViduStartEndToVideoNode: model prompt duration seed * resolution
WanTextToImageApi: model prompt negative_prompt width height seed *
ClaudeNode: prompt model
GeminiNode: prompt model seed * system_prompt
GeminiNodeV3: model model.prompt
OpenAIChatNode: prompt persist_context model
OpenAIChatConfig: truncation max_output_tokens instructions
OpenRouterLLMNode: prompt model
ByteDanceSeedNode: prompt model
GeminiImage2Node: prompt model seed * aspect_ratio resolution response_modalities system_prompt
GeminiNanoBanana2: prompt model seed * aspect_ratio resolution response_modalities thinking_level system_prompt
GeminiNanoBanana2V2: prompt model
GeminiVideoOmniV2: model model.prompt
GrokImageNode: model prompt aspect_ratio - seed *
GrokImageEditNode: model prompt resolution - seed *
GrokImageEditNodeV2: prompt model
GrokVideoNode: model prompt resolution aspect_ratio duration seed *
GrokVideoReferenceNode: prompt model
GrokVideoEditNode: model prompt seed *
GrokVideoExtendNode: prompt model duration seed *
OpenRouterImageNode: model prompt aspect_ratio resolution seed *
OpenAIGPTImageNodeV2: prompt model
MetaMuseImageTextToImageApi: model prompt
QwenImageTextToImageApi: model model.prompt model.negative_prompt model.width model.height - seed *
ByteDanceSeedreamNodeV2: prompt model size_preset width height
ByteDanceSeedreamNodeV3: prompt model
ByteDance2TextToVideoNode: model model.prompt
ByteDance2FirstLastFrameNode: model model.prompt
ByteDance2ReferenceNode: model model.prompt
ByteDance2ReferenceNodeV2: model model.prompt
ByteDanceSeedAudio: prompt
Krea2ImageNode: prompt model aspect_ratio resolution - - - seed *
Flux3ImageToVideoNode: prompt - aspect_ratio duration resolution - - seed *
Flux3TextToVideoNode: prompt aspect_ratio duration resolution - - seed *
FluxProExpandNode: prompt prompt_upsampling top bottom left right guidance steps seed *
FluxVTONode: prompt seed *
BeebleSwitchXImageEdit: prompt - resolution seed *
BeebleSwitchXVideoEdit: prompt - resolution seed *
BriaImageEditNode: model prompt negative_prompt structured_prompt seed * guidance_scale steps
BriaExpandImage: aspect_ratio prompt negative_prompt seed *
BriaGenFill: prompt negative_prompt - seed *
BriaRemoveVideoBackground: background_color seed *
HappyHorseImageToVideoApi: model model.prompt
HappyHorseReferenceVideoApi: model model.prompt
HappyHorseTextToVideoApi: model model.prompt
HappyHorseVideoEditApi: model model.prompt
KlingImageGenerationNode: prompt negative_prompt image_type image_fidelity human_fidelity model_name aspect_ratio n
KlingFirstLastFrameNode: prompt duration
KlingImageToVideoWithAudio: model_name prompt mode duration generate_audio
KlingTextToVideoWithAudio: model_name prompt mode aspect_ratio duration generate_audio
KlingMotionControl: prompt - - mode model
KlingOmniProTextToVideoNode: model_name prompt aspect_ratio duration resolution
KlingOmniProImageToVideoNode: model_name prompt aspect_ratio duration resolution
KlingOmniProFirstLastFrameNode: model_name prompt duration resolution
KlingOmniProVideoToVideoNode: model_name prompt aspect_ratio duration
KlingOmniProEditVideoNode: model_name prompt
KlingOmniProImageNode: model_name prompt resolution aspect_ratio
LtxApi25TextToVideo: model duration resolution fps generate_audio prompt
LtxApi25ImageToVideo: model duration resolution fps generate_audio prompt
LumaImageNode2: prompt model aspect_ratio - - seed *
LumaImageEditNode2: prompt model
LumaRay32TextToVideoNode: prompt aspect_ratio resolution duration - seed *
LumaRay32ImageToVideoNode: prompt resolution - seed *
LumaRay32VideoEditNode: prompt resolution - seed *
MagnificImageRelightNode: prompt
MagnificImageStyleTransferNode: prompt
MagnificImageUpscalerCreativeNode: prompt
MeshyRefineNode: model enable_pbr texture_prompt texture_resolution
MeshyTextureNode: model enable_original_uv pbr text_style_prompt texture_resolution
MinimaxHailuo03TextToVideoNode: model model.prompt model.resolution
MinimaxHailuo03FirstLastFrameNode: model model.prompt model.resolution
MinimaxHailuo03ReferenceNode: model model.prompt model.resolution
MinimaxHailuo03ContextIRNode: model model.prompt model.duration model.ratio
MinimaxHailuo03RegenerateNode: model model.prompt model.resolution watermark
PixverseV6TextToVideoNode: model model.prompt
PixverseV6ImageToVideoNode: model model.prompt
PixverseV6FusionVideoNode: model model.prompt
PrunaImageToVideoNode: model model.prompt
RecraftV4TextToImageNode: prompt negative_prompt model model.size n seed *
RecraftV4TextToVectorNode: prompt negative_prompt model model.size n seed *
Rodin3D_Gen25_Text: prompt
RunwayAleph2VideoToVideoNode: prompt seed *
SoniloTextToMusic: prompt duration seed *
SoniloVideoToMusic: prompt seed *
SyncTalkingImageNode: prompt seed *
TripoPSeriesTextToModelNode: model model.prompt
Vidu2TextToVideoNode: model prompt duration seed * aspect_ratio resolution
Vidu2ImageToVideoNode: model prompt duration seed * resolution movement_amplitude
Vidu2ReferenceVideoNode: model - - duration seed * aspect_ratio resolution movement_amplitude
Vidu2StartEndToVideoNode: model prompt duration seed * resolution movement_amplitude
Vidu3TextToVideoNode: model model.aspect_ratio model.resolution model.duration model.audio prompt seed *
Vidu3ImageToVideoNode: model model.resolution model.duration model.audio prompt seed *
Wan2TextToVideoApi: model model.prompt model.negative_prompt
Wan2ImageToVideoApi: model model.prompt model.negative_prompt
Wan2ReferenceVideoApi: model model.prompt model.negative_prompt
Wan2VideoEditApi: model model.prompt
WanReferenceVideoApi: model prompt negative_prompt
ElevenLabsTextToSpeech: text stability - model
HeyGenTextToSpeechNode: text voice
HeyGenTalkingPhotoNode: - text
HeyGenAvatarVideoNode: - - - text
WanTextToVideoApi: model prompt negative_prompt size duration seed *
WanImageToVideoApi: model prompt negative_prompt resolution duration seed *
"""
