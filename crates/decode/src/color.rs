//! Turns the colours of a file into sRGB, by its profile where it has one.

use std::cell::RefCell;
use std::sync::Arc;

use moxcms::{
    CicpColorPrimaries, CicpProfile, ColorProfile, DataColorSpace, Layout, MatrixCoefficients,
    TransferCharacteristics, Transform8BitExecutor, TransformOptions,
};

use crate::picture::Profile;
use crate::raster::{Model, Raster};

/// A camera writes the same few profiles into all its files, and preparing one costs more than using it on a
/// thumbnail: the last ones are remembered.
const REMEMBERED: usize = 4;

/// `None`: the profile is as good as sRGB, or of no use.
type Prepared = Option<Arc<Transform8BitExecutor>>;

thread_local! {
    static PREPARED: RefCell<Vec<(Profile, Model, Prepared)>> = const { RefCell::new(Vec::new()) };
}

/// The picture in sRGB, three samples a pixel.
pub(crate) fn to_srgb(raster: Raster, profile: &Profile) -> Raster {
    let Raster { width, height, model, samples } = raster;
    let samples = match prepared(profile, model) {
        Some(transform) => {
            let mut rgb = vec![0u8; samples.len() / model.samples() * 3];
            transform.transform(&samples, &mut rgb).expect("both slices have the same number of pixels");
            rgb
        }
        None => match model {
            Model::Rgb => samples,
            Model::Gray => samples.into_iter().flat_map(|sample| [sample; 3]).collect(),
            Model::Cmyk => samples.chunks_exact(4).flat_map(without_profile).collect(),
        },
    };
    Raster { width, height, model: Model::Rgb, samples }
}

/// Inks as plain filters, as all viewers do without a profile.
fn without_profile(cmyk: &[u8]) -> [u8; 3] {
    let paper = u32::from(255 - cmyk[3]);
    [0, 1, 2].map(|ink| ((u32::from(255 - cmyk[ink]) * paper + 127) / 255) as u8)
}

fn prepared(profile: &Profile, model: Model) -> Prepared {
    if *profile == Profile::Srgb {
        return None;
    }
    PREPARED.with_borrow_mut(|remembered| {
        if let Some(known) = remembered.iter().find(|(p, m, _)| p == profile && *m == model) {
            return known.2.clone();
        }
        let prepared = prepare(profile, model);
        if remembered.len() >= REMEMBERED {
            remembered.remove(0);
        }
        remembered.push((profile.clone(), model, prepared.clone()));
        prepared
    })
}

fn prepare(profile: &Profile, model: Model) -> Prepared {
    let source = match profile {
        Profile::Srgb => return None,
        Profile::Icc(bytes) => ColorProfile::new_from_slice(bytes).ok()?,
        Profile::Coded { primaries, transfer } => coded(*primaries, *transfer)?,
    };
    let (layout, space) = match model {
        Model::Gray => (Layout::Gray, DataColorSpace::Gray),
        Model::Rgb => (Layout::Rgb, DataColorSpace::Rgb),
        Model::Cmyk => (Layout::Rgba, DataColorSpace::Cmyk),
    };
    // A profile of another kind than the pixels is a mistake of the program that wrote the file.
    if source.color_space != space {
        return None;
    }
    let transform = source
        .create_transform_8bit(layout, &ColorProfile::new_srgb(), Layout::Rgb, TransformOptions::default())
        .ok()?;
    (!is_identity(transform.as_ref(), model)).then_some(transform)
}

/// Whether the transform leaves a sample of all colours as they are, give or take rounding.
fn is_identity(transform: &Transform8BitExecutor, model: Model) -> bool {
    const STEPS: [u8; 6] = [0, 51, 102, 153, 204, 255];
    const ROUNDING: u8 = 2;
    let colors: Vec<u8> = match model {
        Model::Cmyk => return false,
        Model::Gray => STEPS.to_vec(),
        Model::Rgb => STEPS
            .iter()
            .flat_map(|r| STEPS.iter().flat_map(move |g| STEPS.iter().flat_map(move |b| [*r, *g, *b])))
            .collect(),
    };
    let mut out = vec![0u8; colors.len() / model.samples() * 3];
    if transform.transform(&colors, &mut out).is_err() {
        return true;
    }
    let expected = colors.iter().flat_map(|sample| std::iter::repeat_n(*sample, 3 / model.samples()));
    out.iter().zip(expected).all(|(made, expected)| made.abs_diff(expected) <= ROUNDING)
}

/// The profile of H.273's code points; `None` when they mean sRGB, nothing known, or HDR, which is left as it is: without
/// tone mapping a conversion would only clip. The curves of video standards are shown as sRGB's, as browsers do.
fn coded(primaries: u8, transfer: u8) -> Option<ColorProfile> {
    const PQ: u8 = 16;
    const HLG: u8 = 18;
    if matches!(transfer, PQ | HLG) {
        return None;
    }
    let profile = CicpProfile {
        color_primaries: CicpColorPrimaries::try_from(primaries).ok()?,
        transfer_characteristics: TransferCharacteristics::Srgb,
        matrix_coefficients: MatrixCoefficients::Identity,
        full_range: true,
    };
    Some(ColorProfile::new_from_cicp(profile))
}
