using System.Text.Json;
using MoodStream.Mood.Masking;
using MoodStream.Mood.Vision;
using MoodStream.Mood.Vision.Checkpoints;
using static TorchSharp.torch;

namespace MoodStream.Mood.Verification;

/// <summary>One run of a checkpoint: every intermediate value that a kit may name, or of packed blocks those
/// behind them.</summary>
internal sealed class ModelRun(
    Checkpoint read, VisionTransformer encoder, string name, JsonElement description,
    IReadOnlyDictionary<string, Tensor> expected, bool packed = false)
{
    private static readonly HashSet<string> BehindBlocks = new(StringComparer.Ordinal)
    {
        "tokens_last_block", "tokens_final", "last_hidden_state", "latent", "pooled", "pooler_output", "x_norm_clstoken",
        "x_norm_regtokens", "x_norm_patchtokens", "logits", "logits_all", "logits_masked", "pred", "loss",
    };

    private readonly Dictionary<string, Tensor> _values = new(StringComparer.Ordinal);
    private readonly VisionTransformer _encoder = encoder;

    /// <summary>Whether an output depends on the blocks, whose arithmetic can be chosen.</summary>
    public static bool IsBehindBlocks(string output) => BehindBlocks.Contains(output);

    /// <summary>Computes all outputs; they belong to the current dispose scope.</summary>
    public IReadOnlyDictionary<string, Tensor> Compute(IReadOnlyDictionary<string, Tensor> inputs)
    {
        _encoder.eval();
        var images = inputs["pixel_values"];
        var mask = inputs.GetValueOrDefault("bool_masked_pos") ?? inputs.GetValueOrDefault("masks");
        var shuffle = inputs.TryGetValue("noise", out var noise) ? Shuffle(noise) : null;
        var removed = mask is null ? null : new RemovedPatches(mask, read.Beside["mask_token"]);
        var tokens = Encode(_encoder.Embed(images, shuffle?.Keep, removed));
        AddTables();
        if (shuffle is not null)
        {
            _values["last_hidden_state"] = _values["latent"] = _encoder.Norm(tokens);
            if (shuffle.Keep.shape[1] < shuffle.Mask.shape[1]) Reconstruct(images, shuffle);
            return _values;
        }
        AddFeatures(tokens);
        if (read.Beside.ContainsKey("lm_head.weight")) PredictCodes(tokens, mask, inputs);
        return _values;
    }

    private Tensor Encode(Tensor tokens)
    {
        _values["embeddings"] = tokens;
        return _values["tokens_last_block"] = packed
            ? _encoder.Encode(tokens)                                   // one call runs all blocks and shows none
            : _encoder.Encode(tokens, (i, t) => _values[$"block_{i}"] = t.clone().MoveToOuterDisposeScope());
    }

    private void AddTables()
    {
        var state = _encoder.state_dict();
        if (state.TryGetValue("pos_embed", out var positions)) _values["resized_pos_embed"] = positions;
        for (var i = 0; i < _encoder.Config.Depth; i++)
            if (state.TryGetValue($"blocks.{i}.rel_pos_bias.relative_position_bias_table", out var table))
                _values[$"resized_table_{i}"] = table;
    }

    private void AddFeatures(Tensor tokens)
    {
        var config = _encoder.Config;
        var normed = _encoder.Norm(tokens);
        var pooled = _encoder.Pool(tokens);
        _values["tokens_final"] = _values["last_hidden_state"] = normed;
        _values["pooled"] = pooled;
        _values["pooler_output"] = read.Beside.ContainsKey("pooler.dense.weight")
            ? tanh(Linear("pooler.dense", normed.select(1, 0)))
            : config.ClassToken && config.Pooling != Pooling.NormedMeanOfPatches ? normed.select(1, 0) : pooled;
        if (config.ClassToken) _values["x_norm_clstoken"] = normed.select(1, 0);
        _values["x_norm_regtokens"] = normed.slice(1, config.ClassToken ? 1 : 0, config.PrefixTokens, 1);
        _values["x_norm_patchtokens"] = normed.slice(1, config.PrefixTokens, normed.shape[1], 1);
        if (read.Beside.ContainsKey("head.weight")) _values["logits"] = Linear("head", pooled);
    }

    private void PredictCodes(Tensor tokens, Tensor? mask, IReadOnlyDictionary<string, Tensor> inputs)
    {
        var config = _encoder.Config;
        var normed = nn.functional.layer_norm(
            tokens, [config.Width], read.Beside["norm.weight"], read.Beside["norm.bias"], config.LayerNormEpsilon);
        var logits = Linear("lm_head", normed.slice(1, config.PrefixTokens, normed.shape[1], 1));     // [B, P, V]
        _values["tokens_final"] = normed;
        _values["logits"] = _values["logits_all"] = logits;
        if (mask is null) return;
        var flat = mask.to(ScalarType.Bool);
        var masked = _values["logits_masked"] = logits[flat];                                        // [M, V]
        if ((inputs.GetValueOrDefault("labels") ?? inputs.GetValueOrDefault("codes")) is not { } codes) return;
        var wanted = codes.dim() == 2 ? codes[flat] : codes;
        _values["loss"] = nn.functional.cross_entropy(masked, wanted);
    }

    private RandomMask Shuffle(Tensor noise)
    {
        var patches = noise.shape[1];
        long kept = expected.TryGetValue("embeddings", out var tokens) ? tokens.shape[1] - _encoder.Config.PrefixTokens
            : (long)(patches * (1 - MaskRatio()));
        var order = noise.argsort(1, descending: false);
        var restore = order.argsort(1, descending: false);
        return new(order.slice(1, 0, kept, 1).contiguous(), restore, restore.ge(kept).to(ScalarType.Float32));
    }

    private double MaskRatio() => read.Settings.MaskRatio
        ?? (description.GetProperty("architecture").TryGetProperty("mask_ratio", out var ratio) ? ratio.GetDouble() : 0.75);

    private void Reconstruct(Tensor images, RandomMask mask)
    {
        var beside = read.Beside;
        var width = (int)beside["decoder_embed.weight"].shape[0];
        int? stated = description.GetProperty("architecture").TryGetProperty("decoder_heads", out var h) ? h.GetInt32() : null;
        using var model = new MaskedAutoencoder(_encoder, new MaeDecoderConfig
        {
            Width = width, Depth = beside.Keys.Count(k => k.StartsWith("decoder_blocks.", StringComparison.Ordinal)
                && k.EndsWith(".norm1.weight", StringComparison.Ordinal)),
            Heads = read.Settings.DecoderHeads ?? stated ?? 16,
            MlpWidth = (int)beside["decoder_blocks.0.mlp.fc1.weight"].shape[0],
            NormalisePatches = name.Contains("norm_pix", StringComparison.Ordinal),
        });
        Fill(model);
        model.eval();
        _values["logits"] = _values["pred"] = model.Predict(
            images, mask, t => _values["decoder_in"] = t.clone().MoveToOuterDisposeScope(), t => _values["decoder_last_block"] = t.clone().MoveToOuterDisposeScope());
        (_values["mask"], _values["ids_restore"]) = (mask.Mask, mask.Restore);
        _values["target_patches"] = model.Target(images);
        _values["loss"] = model.forward(images, mask);
    }

    private void Fill(MaskedAutoencoder model)
    {
        foreach (var (key, target) in model.state_dict())
        {
            if (key.StartsWith("encoder.", StringComparison.Ordinal)) continue;
            target.copy_(read.Beside.TryGetValue(key, out var whole) ? whole : Packed(key));
        }
    }

    private Tensor Packed(string key) => cat(
        [.. new[] { ".query.", ".key.", ".value." }.Select(p => read.Beside[key.Replace(".qkv.", p, StringComparison.Ordinal)])], 0);

    private Tensor Linear(string layer, Tensor input) =>
        nn.functional.linear(input, read.Beside[layer + ".weight"], read.Beside.GetValueOrDefault(layer + ".bias"));
}
