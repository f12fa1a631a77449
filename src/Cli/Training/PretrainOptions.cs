using System.CommandLine;
using MoodStream.Cli.Terminal;

namespace MoodStream.Cli.Training;

/// <summary>Options of <c>mood pretrain</c> beside those that every training verb has.</summary>
internal sealed class PretrainOptions(TrainingOptions common)
{
    private readonly Option<string?> _preset = Of<string?>("--preset", "smoke: a tiny run that shows that all works; other options go before it.");
    private readonly Option<int?> _epochs = Of<int?>("--epochs", "Passes over the data. Default 10.");
    private readonly Option<int?> _batch = Of<int?>("--batch", "Images in a step. Default 256.");
    private readonly Option<double?> _rate = Of<double?>("--lr", "Learning rate for a batch of 256; scaled with the batch.");
    private readonly Option<double?> _minimum = Of<double?>("--min-lr", "Learning rate at the last step.");
    private readonly Option<double?> _warmUp = Of<double?>("--warm-up", "Share of the steps spent on warm-up. Default 0.05; moco 0.1.");
    private readonly Option<double?> _maskRatio = Of<double?>("--mask-ratio", "Share of patches removed. Default 0.75 for mae, 0.4 in blocks for beit and beit2.");
    private readonly Option<double?> _minCrop = Of<double?>("--min-crop", "Smallest share of the area in a random crop. Default 0.2; dvae 0.35, moco 0.08.");
    private readonly Option<double?> _clip = Of<double?>("--clip-norm", "Largest norm of the gradient; 0 does not clip. Default 3 for beit and beit2, else 0.");
    private readonly Option<double?> _average = Of<double?>("--average", "Decay of the running average of the weights; 0 is off. Default 0.999 for dvae, else 0.");
    private readonly Option<int?> _size = Of<int?>("--size", "Side of the input; pixels. Default 32.");
    private readonly Option<int?> _patch = Of<int?>("--patch", "Side of a patch; pixels. Default 4.");
    private readonly Option<int?> _width = Of<int?>("--width", "Token width of the encoder. Default 192.");
    private readonly Option<int?> _depth = Of<int?>("--depth", "Blocks of the encoder. Default 6.");
    private readonly Option<int?> _heads = Of<int?>("--heads", "Attention heads of the encoder. Default 6.");
    private readonly Option<int?> _decoderWidth = Of<int?>("--decoder-width", "Token width of the decoder (mae). Default 96.");
    private readonly Option<int?> _decoderDepth = Of<int?>("--decoder-depth", "Blocks of the decoder. Default 2 for mae, 1 for vqkd.");
    private readonly Option<int?> _codes = Of<int?>("--codes", "Codes of a tokenizer's vocabulary (dvae, vqkd). Default 512.");
    private readonly Option<int?> _codeWidth = Of<int?>("--code-width", "Length of a code's vector. Default 128 for dvae, 32 for vqkd.");
    private readonly Option<int?> _hidden = Of<int?>("--hidden", "Channels of a dvae, a multiple of 16; hidden width of moco's projector. Default 128; 512.");
    private readonly Option<double?> _klWeight = Of<double?>("--kl-weight", "Weight of even use of the codes (dvae). Default 5e-4.");
    private readonly Option<double?> _codeUse = Of<double?>("--min-perplexity", "Least share of the codes a tokenizer has to use. Default 0.3.");
    private readonly Option<FileInfo?> _tokenizer = Of<FileInfo?>("--tokenizer", "Tokenizer to predict the codes of (beit, beit2).");
    private readonly Option<FileInfo?> _teacher = Of<FileInfo?>("--teacher", "Backbone whose patches a tokenizer restores (vqkd).");

    /// <summary>Adds all of them to the verb.</summary>
    public Command AddTo(Command command)
    {
        Option[] all =
        [
            _preset, _epochs, _batch, _rate, _minimum, _warmUp, _maskRatio, _minCrop, _clip, _average, _size, _patch, _width,
            _depth, _heads, _decoderWidth, _decoderDepth, _codes, _codeWidth, _hidden, _klWeight, _codeUse, _tokenizer, _teacher,
        ];
        foreach (var option in all) command.Add(option);
        return common.AddTo(command);
    }

    /// <summary>What was chosen, with the preset's values where nothing was.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="method">Name of the method.</param>
    /// <exception cref="CliException">There is no such preset.</exception>
    public PretrainChoices Read(ParseResult parsed, string method)
    {
        var chosen = Chosen(parsed);
        return parsed.GetValue(_preset) switch
        {
            null => chosen,
            "smoke" => chosen.Over(PretrainChoices.Smoke(method, chosen.Machine)),
            var other => throw new CliException($"--preset is '{other}'; known is smoke.", ExitCode.WrongUsage),
        };
    }

    private PretrainChoices Chosen(ParseResult parsed) => new()
    {
        Machine = common.Machine(parsed), Epochs = parsed.GetValue(_epochs), Batch = parsed.GetValue(_batch),
        Rate = parsed.GetValue(_rate), MinimumRate = parsed.GetValue(_minimum), WarmUp = parsed.GetValue(_warmUp),
        MaskRatio = parsed.GetValue(_maskRatio), MinCrop = parsed.GetValue(_minCrop), Clip = parsed.GetValue(_clip),
        Average = parsed.GetValue(_average), Size = parsed.GetValue(_size), Patch = parsed.GetValue(_patch),
        Width = parsed.GetValue(_width), Depth = parsed.GetValue(_depth), Heads = parsed.GetValue(_heads),
        DecoderWidth = parsed.GetValue(_decoderWidth), DecoderDepth = parsed.GetValue(_decoderDepth),
        Codes = parsed.GetValue(_codes), CodeWidth = parsed.GetValue(_codeWidth), Hidden = parsed.GetValue(_hidden),
        DivergenceWeight = parsed.GetValue(_klWeight), LeastCodeUse = parsed.GetValue(_codeUse),
        Tokenizer = parsed.GetValue(_tokenizer), Teacher = parsed.GetValue(_teacher),
    };

    private static Option<T> Of<T>(string name, string description) => new(name) { Description = description };
}
