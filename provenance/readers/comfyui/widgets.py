"""Names of the widgets of common node classes, in the order a canvas lists their values. `*` is the browser's own (control_after_generate).

A canvas keeps values without names (`widgets_values`). Orders as in ComfyUI 0.3.64's object_info and in files of the packs named.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from provenance.readers.jsontext import Num

_CONTROLS = ("fixed", "randomize", "increment", "decrement")
_SEEDS = ("seed", "noise_seed", "seed_num", "seed_value")
_SPEC = """
KSampler: seed * steps cfg sampler_name scheduler denoise
KSamplerAdvanced: add_noise noise_seed * steps cfg sampler_name scheduler start_at_step end_at_step return_with_leftover_noise
SamplerCustom: add_noise noise_seed * cfg
RandomNoise: noise_seed *
KSamplerSelect: sampler_name
BasicScheduler: scheduler steps denoise
KarrasScheduler: steps sigma_max sigma_min rho
ExponentialScheduler: steps sigma_max sigma_min
SDTurboScheduler: steps denoise
AlignYourStepsScheduler: model_type steps denoise
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
BNK_CLIPTextEncodeAdvanced: text token_normalization weight_interpretation
TextEncodeQwenImageEdit: prompt
TextEncodeQwenImageEditPlus: prompt
TextEncodeAceStepAudio: tags lyrics lyrics_strength
GLIGENTextBoxApply: text width height x y
ConditioningSetArea: width height x y strength
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
ControlNetApply: strength
ControlNetApplyAdvanced: strength start_percent end_percent
StyleModelLoader: style_model_name
UpscaleModelLoader: model_name
LoraLoader: lora_name strength_model strength_clip
LoraLoaderModelOnly: lora_name strength_model
EmptyLatentImage: width height batch_size
EmptySD3LatentImage: width height batch_size
EmptyFlux2LatentImage: width height batch_size
EmptyHunyuanLatentVideo: width height length batch_size
EmptyLTXVLatentVideo: width height length batch_size
EmptyMochiLatentVideo: width height length batch_size
WanImageToVideo: width height length batch_size
Wan22ImageToVideoLatent: width height length batch_size
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
VHS_LoadVideo: video
SaveImage: filename_prefix
SaveAnimatedWEBP: filename_prefix fps lossless quality method
SaveAnimatedPNG: filename_prefix fps compress_level
SaveWEBM: filename_prefix codec fps crf
SaveVideo: filename_prefix format codec
SaveAudio: filename_prefix
PrimitiveString: value
PrimitiveStringMultiline: value
PrimitiveInt: value *
PrimitiveFloat: value
PrimitiveBoolean: value
PrimitiveNode: value *
StringConcatenate: string_a string_b delimiter
Text Multiline: text
Text Concatenate: delimiter clean_whitespace
CR Seed: seed *
CR LoRA Stack: switch_1 lora_name_1 model_weight_1 clip_weight_1 switch_2 lora_name_2 model_weight_2 clip_weight_2 switch_3 lora_name_3
ImpactWildcardProcessor: wildcard_text populated_text mode seed *
ImpactWildcardEncode: wildcard_text populated_text mode Lora Wildcard seed *
Efficient Loader: ckpt_name vae_name clip_skip lora_name lora_model_strength lora_clip_strength positive negative
KSampler (Efficient): seed * steps cfg sampler_name scheduler denoise preview_method vae_decode
UltimateSDUpscale: upscale_by seed * steps cfg sampler_name scheduler denoise
FluxProUltraImageNode: prompt prompt_upsampling seed * aspect_ratio raw
OpenAIGPTImage1: prompt seed * quality background size n
OpenAIDalle3: prompt seed * quality style size
LumaImageNode: prompt model aspect_ratio seed *
GeminiImageNode: prompt model seed *
""".strip()
ORDERS = MappingProxyType({name: tuple(words.split()) for name, _, words in (line.partition(": ") for line in _SPEC.split("\n"))})


def named(cls: str, values: Any, sockets: tuple[str, ...]) -> dict[str, Any]:
    """Widget values by name.

    Args:
        cls: the node's type. values: `widgets_values`, a list or (some packs) already an object. sockets: names of widgets that newer
            browsers list among the node's inputs, in order.
    Returns:
        What could be named; a single unnamed value is called `value`.
    """
    if isinstance(values, dict):
        return {str(name): item for name, item in values.items()}
    if not isinstance(values, list):
        return {}
    order = ORDERS.get(cls, ())
    if order:
        return {name: value for name, value in zip(_fitted(order, values), values, strict=False) if name != "*"}
    if sockets:
        return _by_sockets(sockets, values)
    if "(rgthree)" in cls or any(isinstance(value, dict) for value in values):
        return {f"widget_{number}": value for number, value in enumerate(values)}
    return {"value": values[0]} if len(values) == 1 else {}


def _fitted(order: tuple[str, ...], values: list[Any]) -> tuple[str, ...]:
    """Some canvases lack the browser's own value after a seed; the oldest have true or false there."""
    place = order.index("*") if "*" in order else len(values)
    if place >= len(values) or values[place] in _CONTROLS or isinstance(values[place], bool):
        return order
    return tuple(name for name in order if name != "*")


def _by_sockets(sockets: tuple[str, ...], values: list[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    at = 0
    for name in sockets:
        if at >= len(values):
            break
        found[name] = values[at]
        at += 1
        if name in _SEEDS and isinstance(found[name], Num) and at < len(values) and values[at] in _CONTROLS:
            at += 1
    return found
