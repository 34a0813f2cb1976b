"""Names of the widgets of common node classes, in the order a canvas lists their values. `*` is the browser's own
(control_after_generate), `-` one without a name that is known.

Core classes as in ComfyUI 0.3.64's object_info; partner nodes and packs as their canvases list them. Names past the ones that matter are
left off: what has no name here is not read.
"""

from __future__ import annotations

from types import MappingProxyType

from provenance.readers.comfyui.widget_orders_partners import PARTNERS

_SAMPLING = "seed * steps cfg sampler_name scheduler denoise"
_SIZE = "width height length batch_size"
_CORE = f"""
KSampler: {_SAMPLING}
KSamplerAdvanced: add_noise noise_seed * steps cfg sampler_name scheduler start_at_step end_at_step return_with_leftover_noise
SamplerCustom: add_noise noise_seed * cfg
RandomNoise: noise_seed *
KSamplerSelect: sampler_name
BasicScheduler: scheduler steps denoise
KarrasScheduler: steps sigma_max sigma_min rho
ExponentialScheduler: steps sigma_max sigma_min
PolyexponentialScheduler: steps sigma_max sigma_min rho
LaplaceScheduler: steps sigma_max sigma_min mu beta
VPScheduler: steps beta_d beta_min eps_s
BetaSamplingScheduler: steps alpha beta
SDTurboScheduler: steps denoise
AlignYourStepsScheduler: model_type steps denoise
GITSScheduler: coeff steps denoise
OptimalStepsScheduler: model_type steps denoise
Flux2Scheduler: steps width height
LTXVScheduler: steps max_shift base_shift stretch terminal
CFGGuider: cfg
DualCFGGuider: cfg_conds cfg_cond2_negative
FluxGuidance: guidance
CLIPTextEncode: text
CLIPTextEncodeFlux: clip_l t5xxl guidance
CLIPTextEncodeSD3: clip_l clip_g t5xxl empty_padding
CLIPTextEncodeSDXL: width height crop_w crop_h target_width target_height text_g text_l
CLIPTextEncodeSDXLRefiner: ascore width height text
CLIPTextEncodeLumina2: system_prompt user_prompt
CLIPTextEncodeHiDream: clip_l clip_g t5xxl llama
CLIPTextEncodeHunyuanDiT: bert mt5xl
CLIPTextEncodePixArtAlpha: width height text
CLIPTextEncodeControlnet: text
TextEncodeQwenImageEdit: prompt
TextEncodeQwenImageEditPlus: prompt
TextEncodeHunyuanVideo_ImageToVideo: prompt image_interleave
TextEncodeAceStepAudio: tags lyrics lyrics_strength
GLIGENTextBoxApply: text width height x y
ConditioningSetArea: width height x y strength
ConditioningSetAreaPercentage: width height x y strength
ConditioningSetAreaPercentageVideo: width height temporal x y z strength
ConditioningSetMask: strength set_cond_area
ConditioningAverage: conditioning_to_strength
CheckpointLoaderSimple: ckpt_name
CheckpointLoader: config_name ckpt_name
ImageOnlyCheckpointLoader: ckpt_name
unCLIPCheckpointLoader: ckpt_name
UNETLoader: unet_name weight_dtype
UnetLoaderGGUF: unet_name
VAELoader: vae_name
CLIPLoader: clip_name type device
CLIPLoaderGGUF: clip_name type
DualCLIPLoader: clip_name1 clip_name2 type device
DualCLIPLoaderGGUF: clip_name1 clip_name2 type
TripleCLIPLoader: clip_name1 clip_name2 clip_name3
QuadrupleCLIPLoader: clip_name1 clip_name2 clip_name3 clip_name4
CLIPVisionLoader: clip_name
CLIPSetLastLayer: stop_at_clip_layer
ControlNetLoader: control_net_name
DiffControlNetLoader: control_net_name
ControlNetApply: strength
ControlNetApplyAdvanced: strength start_percent end_percent
ControlNetApplySD3: strength start_percent end_percent
ControlNetInpaintingAliMamaApply: strength start_percent end_percent
QwenImageDiffsynthControlnet: strength
SetUnionControlNetType: type
StyleModelLoader: style_model_name
StyleModelApply: strength strength_type
unCLIPConditioning: strength noise_augmentation
GLIGENLoader: gligen_name
ModelPatchLoader: name
AudioEncoderLoader: audio_encoder_name
UpscaleModelLoader: model_name
LoraLoader: lora_name strength_model strength_clip
LoraLoaderModelOnly: lora_name strength_model
CreateHookLora: lora_name strength_model strength_clip
HypernetworkLoader: hypernetwork_name strength
EmptyLatentImage: width height batch_size
EmptySD3LatentImage: width height batch_size
EmptyFlux2LatentImage: width height batch_size
EmptyChromaRadianceLatentImage: width height batch_size
EmptyHunyuanImageLatent: width height batch_size
StableCascade_EmptyLatentImage: width height compression batch_size
EmptyHunyuanLatentVideo: {_SIZE}
EmptyLTXVLatentVideo: {_SIZE}
EmptyMochiLatentVideo: {_SIZE}
EmptyCosmosLatentVideo: {_SIZE}
CosmosImageToVideoLatent: {_SIZE}
CosmosPredict2ImageToVideoLatent: {_SIZE}
HunyuanImageToVideo: {_SIZE} guidance_type
WanImageToVideo: {_SIZE}
WanVaceToVideo: {_SIZE} strength
WanFirstLastFrameToVideo: {_SIZE}
WanFunControlToVideo: {_SIZE}
WanFunInpaintToVideo: {_SIZE}
WanCameraImageToVideo: {_SIZE}
WanPhantomSubjectToVideo: {_SIZE}
WanSoundImageToVideo: {_SIZE}
WanAnimateToVideo: {_SIZE}
WanHuMoImageToVideo: {_SIZE}
Wan22ImageToVideoLatent: {_SIZE}
Wan22FunControlToVideo: {_SIZE}
LTXVImgToVideo: {_SIZE} strength
SVD_img2vid_Conditioning: width height video_frames motion_bucket_id fps augmentation_level
StableZero123_Conditioning: width height batch_size elevation azimuth
LatentUpscale: upscale_method width height crop
LatentUpscaleBy: upscale_method scale_by
ImageScale: upscale_method width height crop
ImageScaleBy: upscale_method scale_by
ImageScaleToTotalPixels: upscale_method megapixels
ModelSamplingFlux: max_shift base_shift width height
LoadImage: image upload
LoadImageMask: image channel upload
LoadImageOutput: image * upload
LoadVideo: file upload
LoadAudio: audio
SaveImage: filename_prefix
SaveAnimatedWEBP: filename_prefix fps lossless quality method
SaveAnimatedPNG: filename_prefix fps compress_level
SaveWEBM: filename_prefix codec fps crf
SaveVideo: filename_prefix format codec
SaveAudio: filename_prefix
SaveAudioMP3: filename_prefix quality
SaveAudioOpus: filename_prefix quality
SaveSVGNode: filename_prefix
SaveGLB: filename_prefix
PrimitiveString: value
PrimitiveStringMultiline: value
PrimitiveInt: value *
PrimitiveFloat: value
PrimitiveBoolean: value
PrimitiveNode: value *
StringConcatenate: string_a string_b delimiter
HunyuanVideo15ImageToVideo: {_SIZE}
EmptyHunyuanVideo15Latent: {_SIZE}
HunyuanVideo15LatentUpscaleWithModel: upscale_method width height crop
Kandinsky5ImageToVideo: {_SIZE}
WanSCAILToVideo: {_SIZE}
WanCameraEmbedding: camera_pose width height length
WanTrackToVideo: tracks {_SIZE}
WanMoveTrackToVideo: strength {_SIZE}
WanInfiniteTalkToVideo: mode width height length
BerniniConditioning: {_SIZE}
EmptyHiDreamO1LatentImage: width height batch_size
EmptyQwenImageLayeredLatentImage: width height layers batch_size
EmptyImage: width height batch_size color
EmptyAceStepLatentAudio: seconds batch_size
EmptyAceStep1.5LatentAudio: seconds batch_size
EmptyMiniMaxMusic3LatentAudio: seconds batch_size
TextEncodeAceStepAudio1.5: tags lyrics seed * bpm duration timesignature language keyscale generate_audio_codes cfg_scale
MiniMaxMusic3TextEncode: caption lyrics seed * max_duration
TextEncodeMageFlowEdit: prompt negative_prompt width height batch_size
TextEncodeBooguEdit: prompt negative_prompt
DualModelGuider: cfg
ResizeImageMaskNode: resize_type
TextGenerate: prompt max_length
TextGenerateLTX2Prompt: prompt max_length
LTXAVTextEncoderLoader: text_encoder ckpt_name device
LatentUpscaleModelLoader: model_name
ModelSamplingSD3: shift
ModelSamplingAuraFlow: shift
CFGNorm: strength
CFGOverride: cfg start_percent end_percent
ManualSigmas: sigmas
SplitSigmas: step
ResolutionSelector: aspect_ratio megapixels multiple
CustomCombo: choice index
ComfySwitchNode: switch
ComfyMathExpression: expression
StringReplace: string find replace
RegexReplace: string regex_pattern replace
RegexExtract: string regex_pattern mode
JsonExtractString: json_string key
CLIPVisionEncode: crop
CreateVideo: fps
ResizeAndPadImage: target_width target_height padding_color interpolation
ImageScaleToMaxDimension: upscale_method largest_size
SaveImageAdvanced: filename_prefix format
SaveAudioAdvanced: filename_prefix format
SaveText: filename_prefix format
"""
_LOADS = "empty_latent_width empty_latent_height batch_size"
_DETAIL = f"guide_size guide_size_for max_size {_SAMPLING} feather noise_mask force_inpaint"
_FACE = (
    "bbox_threshold bbox_dilation bbox_crop_factor sam_detection_hint sam_dilation sam_threshold sam_bbox_expansion "
    "sam_mask_hint_threshold sam_mask_hint_use_negative drop_size wildcard"
)
_NETS = "switch_{n} controlnet_{n} controlnet_strength_{n} start_percent_{n} end_percent_{n}"
_EASY = "lora_name lora_model_strength lora_clip_strength resolution empty_latent_width empty_latent_height positive"
_PACKS = f"""
BNK_CLIPTextEncodeAdvanced: text token_normalization weight_interpretation
VHS_LoadVideo: video
Text Multiline: text
Text Concatenate: delimiter clean_whitespace
Seed: seed *
KSampler (WAS): {_SAMPLING}
CR Seed: seed *
CR Prompt Text: prompt
CR Multi-ControlNet Stack: {" ".join(_NETS.format(n=n) for n in (1, 2, 3))}
CR LoRA Stack: {" ".join(f"switch_{n} lora_name_{n} model_weight_{n} clip_weight_{n}" for n in (1, 2, 3))}
ImpactWildcardProcessor: wildcard_text populated_text mode seed *
ImpactWildcardEncode: wildcard_text populated_text mode Lora Wildcard seed *
ImpactKSamplerBasicPipe: {_SAMPLING}
ImpactSwitch: select sel_mode
ImpactInt: value
ImpactFloat: value
FaceDetailer: {_DETAIL} {_FACE}
FaceDetailerPipe: {_DETAIL} {_FACE}
DetailerForEach: {_DETAIL} wildcard
DetailerForEachDebug: {_DETAIL} wildcard
DetailerForEachPipe: {_DETAIL} wildcard
UltralyticsDetectorProvider: model_name
SAMLoader: model_name device_mode
UltimateSDUpscale: upscale_by {_SAMPLING}
UltimateSDUpscaleNoUpscale: {_SAMPLING}
Efficient Loader: ckpt_name vae_name clip_skip lora_name lora_model_strength lora_clip_strength positive negative \
token_normalization weight_interpretation {_LOADS}
Eff. Loader SDXL: base_ckpt_name base_clip_skip refiner_ckpt_name refiner_clip_skip positive_ascore negative_ascore vae_name \
positive negative token_normalization weight_interpretation {_LOADS}
KSampler (Efficient): {_SAMPLING} preview_method vae_decode
KSampler Adv. (Efficient): add_noise noise_seed * steps cfg sampler_name scheduler start_at_step end_at_step
KSampler SDXL (Eff.): noise_seed * steps cfg sampler_name scheduler start_at_step refine_at_step
LoRA Stacker: input_mode lora_count {" ".join(f"lora_name_{n} lora_wt_{n} model_str_{n} clip_str_{n}" for n in range(1, 50))}
Control Net Stacker: strength start_percent end_percent
Seed (rgthree): seed
KSampler Config (rgthree): steps_total refiner_step cfg sampler_name scheduler
Power Prompt (rgthree): prompt
Power Prompt - Simple (rgthree): prompt
Lora Loader Stack (rgthree): {" ".join(f"lora_0{n} strength_0{n}" for n in range(1, 5))}
SDXL Empty Latent Image (rgthree): dimensions clip_scale batch_size
easy fullLoader: ckpt_name config_name vae_name clip_skip {_EASY} positive_token_normalization positive_weight_interpretation negative
easy a1111Loader: ckpt_name vae_name clip_skip {_EASY} negative
easy comfyLoader: ckpt_name vae_name clip_skip {_EASY} negative
easy preSampling: steps cfg sampler_name scheduler denoise seed *
easy positive: positive
easy negative: negative
easy seed: seed *
IPAdapterUnifiedLoader: preset
IPAdapterModelLoader: ipadapter_file
IPAdapter: weight start_at end_at weight_type
IPAdapterAdvanced: weight weight_type combine_embeds start_at end_at embeds_scaling
IPAdapterFaceID: weight weight_faceidv2 weight_type combine_embeds start_at end_at embeds_scaling
InstantIDModelLoader: instantid_file
ApplyInstantID: weight start_at end_at
ACN_AdvancedControlNetApply: strength start_percent end_percent
AIO_Preprocessor: preprocessor resolution
SDParameterGenerator: ckpt_name vae_name model_version config_name seed steps refiner_start cfg sampler_name scheduler \
positive_ascore negative_ascore aspect_ratio width height batch_size
SDLoraLoader: lora_name strength_model strength_clip
SDLoraSelector: lora_name
easy wildcards: text lora wildcard seed *
easy stylesSelector: styles
easy controlnetLoader: control_net_name strength
easy controlnetLoaderADV: control_net_name strength start_percent end_percent
INTConstant: value
FloatConstant: value
StringConstant: string
StringConstantMultiline: string strip_newlines
WanVideoModelLoader: model base_precision quantization load_device
WanVideoVAELoader: model_name precision
LoadWanVideoT5TextEncoder: model_name precision
WanVideoTextEncode: positive_prompt negative_prompt force_offload
WanVideoSampler: steps cfg shift seed * force_offload scheduler riflex_freq_index denoise_strength
WanVideoLoraSelect: lora strength
WanVideoEmptyEmbeds: width height num_frames
WanVideoImageToVideoEncode: width height num_frames
HyVideoModelLoader: model base_precision
HyVideoTextEncode: prompt force_offload
HyVideoSampler: width height num_frames steps embedded_guidance_scale flow_shift seed *
"""
ORDERS = MappingProxyType({
    name: tuple(words.split()) for name, _, words in (line.partition(": ") for line in (_CORE + PARTNERS + _PACKS).split("\n") if line)
})
