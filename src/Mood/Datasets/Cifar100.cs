namespace MoodStream.Mood.Datasets;

/// <summary>The classes of CIFAR-100 and the superclasses that they belong to.</summary>
/// <remarks>
/// Source: Krizhevsky 2009, "Learning Multiple Layers of Features from Tiny Images", and the files
/// <c>fine_label_names.txt</c> and <c>coarse_label_names.txt</c> of the data set: both number names alphabetically.
/// </remarks>
public static class Cifar100
{
    private static readonly (string Name, string[] Classes)[] Groups =
    [
        ("aquatic_mammals", ["beaver", "dolphin", "otter", "seal", "whale"]),
        ("fish", ["aquarium_fish", "flatfish", "ray", "shark", "trout"]),
        ("flowers", ["orchid", "poppy", "rose", "sunflower", "tulip"]),
        ("food_containers", ["bottle", "bowl", "can", "cup", "plate"]),
        ("fruit_and_vegetables", ["apple", "mushroom", "orange", "pear", "sweet_pepper"]),
        ("household_electrical_devices", ["clock", "keyboard", "lamp", "telephone", "television"]),
        ("household_furniture", ["bed", "chair", "couch", "table", "wardrobe"]),
        ("insects", ["bee", "beetle", "butterfly", "caterpillar", "cockroach"]),
        ("large_carnivores", ["bear", "leopard", "lion", "tiger", "wolf"]),
        ("large_man-made_outdoor_things", ["bridge", "castle", "house", "road", "skyscraper"]),
        ("large_natural_outdoor_scenes", ["cloud", "forest", "mountain", "plain", "sea"]),
        ("large_omnivores_and_herbivores", ["camel", "cattle", "chimpanzee", "elephant", "kangaroo"]),
        ("medium_mammals", ["fox", "porcupine", "possum", "raccoon", "skunk"]),
        ("non-insect_invertebrates", ["crab", "lobster", "snail", "spider", "worm"]),
        ("people", ["baby", "boy", "girl", "man", "woman"]),
        ("reptiles", ["crocodile", "dinosaur", "lizard", "snake", "turtle"]),
        ("small_mammals", ["hamster", "mouse", "rabbit", "shrew", "squirrel"]),
        ("trees", ["maple_tree", "oak_tree", "palm_tree", "pine_tree", "willow_tree"]),
        ("vehicles_1", ["bicycle", "bus", "motorcycle", "pickup_truck", "train"]),
        ("vehicles_2", ["lawn_mower", "rocket", "streetcar", "tank", "tractor"]),
    ];

    private static readonly Dictionary<string, int> SuperclassByClass = Groups
        .SelectMany((group, number) => group.Classes.Select(c => (Class: c, number)))
        .ToDictionary(c => c.Class, c => c.number, StringComparer.Ordinal);

    /// <summary>Names of the 100 classes, by number.</summary>
    public static IReadOnlyList<string> ClassNames { get; } = [.. SuperclassByClass.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Names of the 20 superclasses, by number.</summary>
    public static IReadOnlyList<string> SuperclassNames { get; } = [.. Groups.Select(g => g.Name)];

    /// <summary>Superclass of a class, 0..19; null for a name that is none of CIFAR-100's.</summary>
    public static int? SuperclassOf(string className) =>
        SuperclassByClass.TryGetValue(className, out var number) ? number : null;
}
